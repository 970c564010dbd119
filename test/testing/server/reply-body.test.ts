/** How a body is cut into pieces, and how it ends. */
import { describe, expect, test } from 'vitest';
import {
  type Body,
  endingOf,
  piecesOf,
  plainBody,
} from '../../../src/testing/server/reply-body.ts';

const bodyWith = (over: Partial<Body>): Body => ({ ...plainBody('0123456789', () => {}), ...over });

async function* later(...chunks: ReadonlyArray<string>) {
  for (const chunk of chunks) yield Buffer.from(chunk);
}

const piecesWith = async (over: Partial<Body>, pieceMax = 100): Promise<ReadonlyArray<string>> => {
  const pieces: Array<string> = [];
  for await (const piece of piecesOf(bodyWith(over), pieceMax)) {
    pieces.push(Buffer.from(piece).toString());
  }
  return pieces;
};

describe('piecesOf', () => {
  test('gives all, in pieces of a size', async () => {
    expect(await piecesWith({})).toEqual(['0123456789']);
    expect(await piecesWith({}, 4)).toEqual(['0123', '4567', '89']);
    expect(await piecesWith({ chunks: [] })).toEqual([]);
  });

  test('gives so many bytes at most, also of content that has to be waited for', async () => {
    const chunks = later('0123', '4567', '89');
    expect(await piecesWith({ sendMax: 6 })).toEqual(['012345']);
    expect(await piecesWith({ sendMax: 6, chunks })).toEqual(['0123', '45']);
    expect(await piecesWith({ sendMax: 0 })).toEqual([]);
  });

  test('ends a piece at the mark', async () => {
    expect(await piecesWith({ mark: 3 })).toEqual(['012', '3456789']);
    expect(await piecesWith({ mark: 99 })).toEqual(['0123456789']);
  });

  test('flips one byte, in a copy', async () => {
    const content = Buffer.from('0123');
    const chunks = [content];
    const pieces = [...(piecesOf(bodyWith({ chunks, flipAt: 2 }), 100) as Iterable<Uint8Array>)];
    expect(pieces).toEqual([Uint8Array.of(48, 49, 50 ^ 255, 51)]);
    expect(content.toString()).toBe('0123');
  });
});

describe('endingOf', () => {
  test('is what was wished, once all is sent that was to be', () => {
    expect(endingOf(bodyWith({}), 10)).toBe('end');
    expect(endingOf(bodyWith({ sendMax: 4, ending: 'stall' }), 4)).toBe('stall');
  });

  test('is a close, where the content was too short', () => {
    expect(endingOf(bodyWith({}), 9)).toBe('close');
    expect(endingOf(bodyWith({ sendMax: 4, ending: 'stall' }), 3)).toBe('close');
  });
});
