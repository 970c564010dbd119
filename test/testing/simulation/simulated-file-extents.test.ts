/** Runs of bytes: they read like one long array, and take no more room than they must. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HOLLOW } from '../../../src/testing/server/hollow.ts';
import {
  clearExtents,
  coveredLength,
  type Extents,
  extentsOf,
  extentsWithin,
  putExtent,
  readExtents,
} from '../../../src/testing/simulation/simulated-file-extents.ts';

const SIZE = 64;
const step = fc.record({
  start: fc.nat({ max: SIZE - 1 }),
  length: fc.integer({ min: 1, max: 20 }),
  what: fc.constantFrom('bytes' as const, 'zeros' as const, 'hole' as const),
});

describe('extents', () => {
  test('for every row of writes and holes, they read like an array, in order, without overlap', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (row) => {
        const extents: Extents = [];
        const model = new Array<number | null>(2 * SIZE).fill(null);
        for (const [index, { start, length, what }] of row.entries()) {
          const end = start + length;
          if (what === 'hole') clearExtents(extents, start, end);
          else {
            const content = what === 'zeros' ? null : new Uint8Array(length).fill(index + 1);
            putExtent(extents, { start, end, content });
          }
          model.fill(what === 'hole' ? null : what === 'zeros' ? 0 : index + 1, start, end);
        }
        const read = new Uint8Array(2 * SIZE).fill(0xff);
        readExtents(extents, read, 0, read.length);
        assert.deepEqual(
          [...read],
          model.map((byte) => byte ?? 0),
        );
        for (const [index, { start, end, content }] of extents.entries()) {
          const next = extents[index + 1];
          assert.ok(start < end && (content === null || content.length === end - start));
          assert.ok(next === undefined || next.start >= end);
          const isSplit = next?.start === end && content === null && next.content === null;
          assert.ok(!isSplit, 'zeros beside zeros are one extent');
        }
        for (const [from, to] of [
          [0, 128],
          [10, 30],
          [31, 32],
          [50, 50],
        ] as const) {
          const covered = model.slice(from, to).filter((byte) => byte !== null).length;
          assert.equal(coveredLength(extents, from, to), covered);
          const within = extentsWithin(extents, from, to);
          const sum = within.reduce((total, { start, end }) => total + end - start, 0);
          assert.equal(sum, covered);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('content is copied when it is written', () => {
    const chunk = Buffer.from('abc');
    const [extent] = extentsOf([chunk], 0);
    chunk.fill('x');
    expect(Buffer.from(extent!.content!).toString()).toBe('abc');
  });

  test('chunks become one extent; hollow ones among them no bytes at all', () => {
    const chunks = ['a', 'bc', ''].map((text) => Buffer.from(text));
    expect(extentsOf(chunks, 5)).toMatchObject([{ start: 5, end: 8 }]);
    const mixed = extentsOf([...chunks, HOLLOW, HOLLOW.subarray(0, 9), ...chunks], 0);
    expect(mixed.map(({ start, end, content }) => [start, end, content === null])).toEqual([
      [0, 3, false],
      [3, 2 ** 20 + 12, true],
      [2 ** 20 + 12, 2 ** 20 + 15, false],
    ]);
    expect(extentsOf([new Uint8Array(0), HOLLOW.subarray(0, 0)], 3)).toEqual([]);
  });

  test('50 GB of zeros, written by 16 lanes, end as one extent', () => {
    const extents: Extents = [];
    const [lanes, rows] = [16, 3_000];
    for (let row = 0; row < rows; row++) {
      for (let lane = 0; lane < lanes; lane++) {
        const at = (lane * rows + row) * HOLLOW.length;
        for (const extent of extentsOf([HOLLOW], at)) putExtent(extents, extent);
      }
      assert.ok(extents.length <= lanes);
    }
    expect(extents).toEqual([{ start: 0, end: lanes * rows * HOLLOW.length, content: null }]);
  });
});
