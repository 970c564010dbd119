/** Many parts on few cells: what matters most is not lost. */
import { describe, expect, test } from 'vitest';
import { partCells } from '../../src/view/part-cells.ts';
import { CODE } from '../../src/view/part-codes.ts';

const { queued, durable, written, damaged, flowing, backingOff, awaitingAccess } = CODE;

describe('partCells', () => {
  test('gives each part a cell where there is room', () => {
    const cells = partCells(Uint8Array.of(durable, flowing, queued), 80);
    expect(cells.map(({ code }) => code)).toEqual([durable, flowing, queued]);
  });

  test('shows of neighbours the one that matters most', () => {
    const parts = Uint8Array.of(durable, written, queued, flowing, durable, backingOff);
    expect(partCells(parts, 3).map(({ code }) => code)).toEqual([written, flowing, backingOff]);
  });

  test('prefers what may need a person to what goes on by itself', () => {
    const cell = Uint8Array.of(backingOff, awaitingAccess, flowing);
    expect(partCells(cell, 1)[0]?.code).toBe(awaitingAccess);
    expect(partCells(Uint8Array.of(flowing, CODE.requesting), 1)[0]?.code).toBe(CODE.requesting);
  });

  test('marks a cell of which some is there and some is to come', () => {
    const parts = Uint8Array.of(durable, queued, queued, queued);
    expect(partCells(parts, 2)).toEqual([
      { code: queued, isMixed: true },
      { code: queued, isMixed: false },
    ]);
  });

  test('leaves no part of a hundred thousand out, on any number of cells', () => {
    const parts = new Uint8Array(100_000).fill(durable);
    for (const cellsMax of [1, 7, 79, 1_000, 99_999]) {
      for (const at of [0, 1, 49_999, 99_998, 99_999]) {
        parts[at] = damaged;
        const cells = partCells(parts, cellsMax);
        expect(cells).toHaveLength(cellsMax);
        expect(cells.filter(({ code }) => code === damaged)).toHaveLength(1);
        parts[at] = durable;
      }
    }
  });

  test('has no cells for no parts', () => {
    expect(partCells(new Uint8Array(0), 10)).toEqual([]);
  });
});
