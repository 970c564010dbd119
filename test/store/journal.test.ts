/** The journal's bytes: what was written whole is read, and nothing else is believed. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loadCrc64 } from '../../src/effects/crc64.ts';
import {
  encodeFrame,
  JOURNAL_MAGIC,
  PAYLOAD_LENGTH_MAX,
  readJournal,
} from '../../src/store/journal.ts';

const checksum = await loadCrc64();

/** A journal and where each of its frames ends; the first end is that of the magic word. */
const journalOf = (payloads: ReadonlyArray<string>) => {
  const frames = payloads.map((payload) => encodeFrame(payload, checksum));
  const ends = [JOURNAL_MAGIC.length];
  for (const frame of frames) ends.push(ends.at(-1)! + frame.length);
  return { content: new Uint8Array(Buffer.concat([JOURNAL_MAGIC, ...frames])), ends };
};

const read = (content: Uint8Array) => readJournal(content, checksum);

const PAYLOADS = ['{"type":"header"}', '{}', '', '{"text":"ü😀"}'];
const { content: SMALL, ends: ENDS } = journalOf(PAYLOADS);

/** How many frames end at or before `length`. */
const wholeFrames = (length: number): number => ENDS.slice(1).filter((end) => end <= length).length;

describe('readJournal', () => {
  test('for every list of JSON payloads, what was encoded is read', () => {
    const payloads = fc.array(fc.json(), { maxLength: 8 });
    fc.assert(
      fc.property(payloads, (texts) => {
        const { content } = journalOf(texts);
        assert.deepEqual(read(content), { payloads: texts, validLength: content.length });
      }),
    );
  });

  test('a journal without a frame is one', () => {
    expect(read(JOURNAL_MAGIC)).toEqual({ payloads: [], validLength: JOURNAL_MAGIC.length });
  });

  test('cut at every byte, it gives exactly the whole frames before the cut', () => {
    for (let cut = JOURNAL_MAGIC.length; cut <= SMALL.length; cut++) {
      const count = wholeFrames(cut);
      assert.deepEqual(read(SMALL.slice(0, cut)), {
        payloads: PAYLOADS.slice(0, count),
        validLength: ENDS[count],
      });
    }
    expect(wholeFrames(SMALL.length)).toBe(PAYLOADS.length);
  });

  test('cut inside the magic word, it is no journal', () => {
    for (let cut = 0; cut < JOURNAL_MAGIC.length; cut++) {
      assert.equal(read(SMALL.slice(0, cut)), null);
    }
  });

  test('with any single bit flipped, reading ends before the frame that has it', () => {
    for (let bit = 0; bit < SMALL.length * 8; bit++) {
      const flipped = SMALL.slice();
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      const at = bit >> 3;
      if (at < JOURNAL_MAGIC.length) {
        assert.equal(read(flipped), null, `bit ${bit}`);
        continue;
      }
      const count = wholeFrames(at);
      const expected = { payloads: PAYLOADS.slice(0, count), validLength: ENDS[count] };
      assert.deepEqual(read(flipped), expected, `bit ${bit}`);
    }
  });

  test('for every overwritten byte, reading ends before the frame that has it', () => {
    const positions = fc.integer({ min: JOURNAL_MAGIC.length, max: SMALL.length - 1 });
    fc.assert(
      fc.property(positions, fc.integer({ min: 1, max: 255 }), (at, difference) => {
        const damaged = SMALL.slice();
        damaged[at]! ^= difference;
        const count = wholeFrames(at);
        assert.deepEqual(read(damaged), {
          payloads: PAYLOADS.slice(0, count),
          validLength: ENDS[count],
        });
      }),
    );
  });

  test('for every garbage behind it, the frames before stay, and garbage is no frame', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 64 }), (garbage) => {
        const reading = read(new Uint8Array([...SMALL, ...garbage]));
        assert.deepEqual(reading, { payloads: PAYLOADS, validLength: SMALL.length });
      }),
    );
  });

  test('zeros behind it, as a crash leaves them, are a torn tail', () => {
    const padded = new Uint8Array(SMALL.length + 4_096);
    padded.set(SMALL);
    expect(read(padded)).toEqual({ payloads: PAYLOADS, validLength: SMALL.length });
  });

  test('a frame that was lost from the middle ends the reading there', () => {
    const [first, second] = [ENDS[1]!, ENDS[2]!];
    const holed = SMALL.slice();
    holed.fill(0, first, second);
    expect(read(holed)).toEqual({ payloads: PAYLOADS.slice(0, 1), validLength: first });
  });

  test.each(['', 'p', '{"version":1}', 'Partwise-journal', `x${'partwise-journal'}`])(
    'the foreign bytes %j are no journal',
    (text) => expect(read(Buffer.from(text))).toBeNull(),
  );

  test('a journal inside a larger buffer is read where it begins', () => {
    const larger = new Uint8Array([1, 2, 3, ...SMALL, 4]);
    const view = larger.subarray(3, 3 + SMALL.length);
    expect(read(view)).toEqual({ payloads: PAYLOADS, validLength: SMALL.length });
  });
});

describe('encodeFrame', () => {
  test('is length, checksum and payload, little-endian', () => {
    const frame = encodeFrame('12', checksum);
    const view = new DataView(frame.buffer);
    expect(frame.length).toBe(4 + 8 + 2);
    expect(view.getUint32(0, true)).toBe(2);
    const covered = Uint8Array.of(2, 0, 0, 0, 0x31, 0x32);
    expect(view.getBigUint64(4, true)).toBe(BigInt(checksum(covered)));
    expect(Buffer.from(frame.subarray(12)).toString()).toBe('12');
  });

  test('a payload of 16 MiB is the longest, in writing and in reading', () => {
    const longest = 'x'.repeat(PAYLOAD_LENGTH_MAX);
    const { content } = journalOf([longest]);
    expect(read(content)?.payloads[0]?.length).toBe(PAYLOAD_LENGTH_MAX);
    expect(() => encodeFrame(`${longest}x`, checksum)).toThrow(RangeError);
    new DataView(content.buffer).setUint32(JOURNAL_MAGIC.length, PAYLOAD_LENGTH_MAX + 1, true);
    expect(read(content)?.payloads).toEqual([]);
  });
});
