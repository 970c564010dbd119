/** What a chart's boxes and arrows say. */
import { describe, expect, test } from 'vitest';
import { labelOf, tellTransition, waysOf } from '../../src/chart/arrow-label.ts';
import { boxOf } from '../../src/chart/state-box.ts';
import { textWidth, wrap } from '../../src/chart/text-width.ts';
import { chartOf } from '../../src/machines/chart.ts';
import { downloadMachine } from '../../src/machines/download-machine.ts';
import { partMachine } from '../../src/machines/part-machine.ts';

const download = chartOf(downloadMachine);
const part = chartOf(partMachine);

const box = (chart: typeof part, id: string) =>
  boxOf(chart, chart.states.find((state) => state.id === id)!);

/** The lines beside the arrow from one state to another. */
const words = (chart: typeof part, source: string, target: string) => {
  const way = waysOf(chart).find((it) => it.source === source && it.target === target)!;
  return labelOf(chart, way).entries.map(({ lines }) => lines.join(' '));
};

describe('boxOf', () => {
  test('says what a state does, and what it reacts to without leaving', () => {
    const { title, items } = box(download, 'download.downloadingParts');
    expect(title).toBe('downloadingParts');
    expect(items.map(({ lines }) => lines.map((line) => line.trim()).join(' '))).toEqual([
      'entry / fillLanes',
      'do / watchTransfer',
      'progress.sampled / recordSample, tellProgress',
    ]);
    expect(items.at(-1)?.transition).toBe('download.downloadingParts: progress.sampled 0');
  });

  test('is as wide as its longest line, and higher for each', () => {
    const [bare, busy] = [box(part, 'part.judging'), box(part, 'part.verifying')];
    expect(bare.items).toEqual([]);
    expect(busy.width).toBeGreaterThan(bare.width);
    expect(busy.height).toBeGreaterThan(bare.height);
  });
});

describe('labelOf', () => {
  test('names event and condition; a wait by its name', () => {
    expect(words(part, 'part.backingOff', 'part.fetching')).toEqual(['after backoff']);
    expect(words(part, 'part.verifying', 'part.suspended')).toEqual(['done [isSuspending]']);
    expect(words(part, 'part.judging', 'part.failed')).toEqual(['']);
  });

  test('says all transitions from one state to the same other one, in their order', () => {
    expect(words(download, 'download.downloadingParts', 'download.settling')).toEqual([
      'pause',
      'cancel',
      'failed',
      '[isUnwanted]',
    ]);
  });
});

describe('waysOf', () => {
  test('holds every transition with a target once', () => {
    const found = waysOf(download).flatMap((way) => way.transitions.map(({ id }) => id));
    const moves = download.transitions.filter(({ targets }) => targets.length > 0);
    expect(found.toSorted()).toEqual(moves.map(({ id }) => id).toSorted());
  });
});

describe('tellTransition', () => {
  test('tells all of it', () => {
    const opening = download.transitions.find(({ guard }) => guard === 'isOwned')!;
    expect(tellTransition(opening)).toBe(
      'download.validatingBreakpoint.opening → download.failed: ' +
        'openWorkspace failed [isOwned] / recordOwner, tellVerdict, recordFailure',
    );
  });
});

describe('textWidth', () => {
  test('grows with the letters, their width, size and weight', () => {
    expect(textWidth('', { size: 10 })).toBe(0);
    expect(textWidth('planning', { size: 10 })).toBe(44);
    expect(textWidth('mm', { size: 10 })).toBeGreaterThan(textWidth('ii', { size: 10 }));
    expect(textWidth('a', { size: 20 })).toBeGreaterThan(textWidth('a', { size: 10 }));
    expect(textWidth('aaaa', { size: 10, isBold: true })).toBe(29);
  });
});

describe('wrap', () => {
  test('breaks between words only', () => {
    expect(wrap('a bb ccc', 4)).toEqual(['a bb', 'ccc']);
    expect(wrap('toolong', 3)).toEqual(['toolong']);
  });
});
