/** Messages of a page: what they may say, and that nothing else is taken for one. */
import { describe, expect, test } from 'vitest';
import { decodePageMessage } from '../../src/inspector/decode-page-message.ts';
import type { PageMessage } from '../../src/inspector/protocol.ts';

const FILTER = { text: 'x', actors: ['download'], hidesTicks: true };

describe('decodePageMessage', () => {
  test.each<[PageMessage]>([
    [{ type: 'command', command: 'pause' }],
    [{ type: 'log', filter: null }],
    [{ type: 'log', filter: FILTER }],
    [{ type: 'part', part: null }],
    [{ type: 'part', part: 100_000 }],
    [{ type: 'context', isWatched: false }],
    [{ type: 'seek', atMs: 0.5 }],
    [{ type: 'step', by: -1 }],
    [{ type: 'play', speed: 0 }],
  ])('takes %j', (message) => {
    expect(decodePageMessage(JSON.stringify(message))).toEqual(message);
  });

  test('leaves out what no message has', () => {
    const text = '{"type":"step","by":1,"__proto__":{"by":-1},"constructor":1}';
    expect(decodePageMessage(text)).toEqual({ type: 'step', by: 1 });
  });

  test.each([
    ['{}'],
    ['{"type":"toString"}'],
    ['{"type":"command","command":"toString"}'],
    ['{"type":"log"}'],
    ['{"type":"log","filter":{"text":1,"actors":[],"hidesTicks":false}}'],
    ['{"type":"log","filter":{"text":"","actors":[1],"hidesTicks":false}}'],
    [JSON.stringify({ type: 'log', filter: { ...FILTER, actors: Array(101).fill('a') } })],
    ['{"type":"part","part":0}'],
    ['{"type":"part","part":1.5}'],
    ['{"type":"part","part":1e9}'],
    ['{"type":"context","isWatched":1}'],
    ['{"type":"seek","atMs":-1}'],
    ['{"type":"seek","atMs":1e999}'],
    ['{"type":"seek","atMs":null}'],
    ['{"type":"step","by":2}'],
    ['{"type":"play","speed":-1}'],
  ])('refuses %s', (text) => {
    expect(decodePageMessage(text)).toBeNull();
  });
});
