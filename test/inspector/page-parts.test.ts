/** The part map without a browser: its table, its geometry, and its colours' meaning. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  cellAt,
  cellOf,
  cornerOf,
  layOutParts,
  PITCH_MAX,
  PITCH_MIN,
  partsOf,
} from '../../src/inspector/page/part-layout.ts';
import { PART_LOOKS, worstOf } from '../../src/inspector/page/part-states.ts';
import { applyRuns, EMPTY_TABLE } from '../../src/inspector/page/part-table.ts';
import { PART_STATES } from '../../src/view/download-view.ts';
import { partCells } from '../../src/view/part-cells.ts';
import { PART_NAMES } from '../../src/view/part-words.ts';

const codeOf = (state: string): number => PART_LOOKS.findIndex((look) => look.state === state);

describe('PART_LOOKS', () => {
  test('are in the order of the codes on the wire', () => {
    expect(PART_LOOKS.map(({ state }) => state)).toEqual([...PART_STATES]);
  });

  test('have the names that the terminal has', () => {
    for (const { state, word } of PART_LOOKS) expect(word).toBe(PART_NAMES[state]);
  });
});

describe('worstOf', () => {
  test('lets one damaged part outshine all durable ones of its cell', () => {
    const codes = new Uint8Array(10).fill(codeOf('durable'));
    codes[7] = codeOf('damaged');
    expect(worstOf(codes, { first: 5, count: 5 })).toBe(codeOf('damaged'));
    expect(worstOf(codes, { first: 0, count: 5 })).toBe(codeOf('durable'));
  });

  test('for any two states is the one that the terminal shows', () => {
    for (const [one] of PART_STATES.entries()) {
      for (const [other] of PART_STATES.entries()) {
        const codes = Uint8Array.of(one, other);
        expect(worstOf(codes, { first: 0, count: 2 })).toBe(partCells(codes, 1)[0]?.code);
      }
    }
  });
});

describe('applyRuns', () => {
  const fresh = applyRuns(EMPTY_TABLE, [], { partCount: 6, isWhole: true });

  test('begins with parts that are queued', () => {
    expect([...fresh.table.codes]).toEqual([0, 0, 0, 0, 0, 0]);
    expect(fresh.table.counts[codeOf('queued')]).toBe(6);
    expect(fresh.changes).toBeNull();
  });

  test('counts what it changes, and says which parts those are', () => {
    const { table, changes } = applyRuns(fresh.table, [1, 2, 5, 5, 1, 6], {
      partCount: 6,
      isWhole: false,
    });
    expect([...table.codes]).toEqual([0, 5, 5, 0, 0, 6]);
    expect(table.counts).toEqual([3, 0, 0, 0, 0, 2, 1, 0, 0]);
    expect(changes).toEqual([1, 2, 5, 1]);
  });

  test('forgets everything when it gets the whole, or another number of parts', () => {
    const former = applyRuns(fresh.table, [0, 6, 5], { partCount: 6, isWhole: false }).table;
    const whole = applyRuns(former, [0, 1, 2], { partCount: 6, isWhole: true });
    expect(whole.table.counts).toEqual([5, 0, 1, 0, 0, 0, 0, 0, 0]);
    expect(whole.changes).toBeNull();
    const other = applyRuns(whole.table, [], { partCount: 3, isWhole: false });
    expect([...other.table.codes]).toEqual([0, 0, 0]);
  });

  test('ignores what lies beyond the last part', () => {
    const { table } = applyRuns(EMPTY_TABLE, [1, 100, 3], { partCount: 2, isWhole: true });
    expect(table.counts).toEqual([1, 0, 0, 1, 0, 0, 0, 0, 0]);
  });
});

describe('layOutParts', () => {
  const rooms = fc.record({
    partCount: fc.integer({ min: 1, max: 100_000 }),
    width: fc.integer({ min: 300, max: 2_000 }),
    height: fc.integer({ min: 180, max: 400 }),
  });

  test('for every number of parts finds cells that fit and can be seen', () => {
    fc.assert(
      fc.property(rooms, ({ partCount, width, height }) => {
        const layout = layOutParts(partCount, { width, height });
        expect(layout.width).toBeLessThanOrEqual(width);
        expect(layout.height).toBeLessThanOrEqual(height);
        expect(layout.pitch).toBeGreaterThanOrEqual(PITCH_MIN);
        expect(layout.pitch).toBeLessThanOrEqual(PITCH_MAX);
        expect(layout.cellCount * layout.partsPerCell).toBeGreaterThanOrEqual(partCount);
      }),
    );
  });

  test('for every part finds its cell again where it is drawn', () => {
    fc.assert(
      fc.property(rooms, fc.nat(), ({ partCount, width, height }, chance) => {
        const layout = layOutParts(partCount, { width, height });
        const part = chance % partCount;
        const cell = cellOf(layout, part);
        const { x, y } = cornerOf(layout, cell);
        expect(cellAt(layout, { x: x + 1, y: y + 1 })).toBe(cell);
        const { first, count } = partsOf(layout, cell);
        expect(part).toBeGreaterThanOrEqual(first);
        expect(part).toBeLessThan(first + count);
      }),
    );
  });

  test('lets parts share a cell only when the smallest cells are too many', () => {
    const room = { width: 760, height: 380 };
    expect(layOutParts(1, room)).toMatchObject({ partsPerCell: 1, pitch: PITCH_MAX });
    expect(layOutParts(10_000, room).partsPerCell).toBe(1);
    expect(layOutParts(100_000, room)).toMatchObject({ partsPerCell: 6, pitch: PITCH_MIN });
  });

  test('has no cell beside the map', () => {
    const layout = layOutParts(10, { width: 260, height: 200 });
    expect(cellAt(layout, { x: -1, y: 3 })).toBeNull();
    expect(cellAt(layout, { x: 3, y: PITCH_MAX + 1 })).toBeNull();
  });
});
