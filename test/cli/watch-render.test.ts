/** A download as a screen of lines: it fits every terminal, and what matters stays. */
import assert from 'node:assert/strict';
import { describe, expect, test } from 'vitest';
import { displayWidth } from '../../src/cli/progress-line.ts';
import { renderScreen } from '../../src/cli/watch-render.ts';
import { bytes } from '../../src/domain/bytes.ts';
import { nextProgress, startProgress } from '../../src/domain/progress.ts';
import type { DownloadView } from '../../src/view/download-view.ts';
import { foldView } from '../../src/view/fold-view.ts';
import { CODE } from '../../src/view/part-codes.ts';
import { SCENARIOS } from '../view/scenarios.ts';
import { foldOf } from '../view/traced-run.ts';

const ESC = '\u001b';
const SGR = new RegExp(`${ESC}\\[\\d+m`, 'g');
const LOG = Array.from({ length: 60 }, (_, line) => `   ${line}.0 s  line ${line}`);
const MIDDLE = { columns: 80, rows: 24, colours: false };

/** Views of a download with faults, from its beginning to its end. */
const viewsOf = async (name: string): Promise<ReadonlyArray<DownloadView>> => {
  const { records } = await SCENARIOS[name]!({});
  const moments = [0, 1, 3, 12, 25, 40, 60, 80, records.length];
  return moments.map((at) => foldOf(records.slice(0, at)).view());
};

/** A view half way, with what a test wants of it. */
const half = async (change: Partial<DownloadView> = {}): Promise<DownloadView> => {
  const { records } = await SCENARIOS['every request fails once']!({});
  const fold = foldView();
  for (const record of records) {
    fold.take(record);
    const { parts, lanes } = fold.view();
    if (lanes.length > 1 && parts.filter((code) => code === CODE.written).length >= 4) break;
  }
  const sample = { atMs: 0, written: bytes(5_000), durable: bytes(4_000), fetched: bytes(5_000) };
  const before = startProgress(bytes(10_000), bytes(0), 0);
  const progress = nextProgress(before, { ...sample, received: bytes(5_000) });
  return { ...fold.view(), progress, because: 'Something waits.', ...change };
};

describe('renderScreen', () => {
  test('never has a line that wraps, nor one too many, whatever the size', async () => {
    const views = [
      ...(await viewsOf('every request fails once')),
      ...(await viewsOf('an unknown size')),
      ...(await viewsOf('nothing to fetch')),
      await half({ parts: new Uint8Array(100_000).fill(CODE.durable), lanesMax: 64 }),
      await half({ target: `/data/${'超长的名字'.repeat(20)}.bin`, because: '原因'.repeat(90) }),
    ];
    for (const columns of [1, 2, 5, 20, 33, 80, 200]) {
      for (const rows of [1, 2, 8, 13, 14, 24, 60]) {
        for (const view of views) {
          const lines = renderScreen(view, LOG, { columns, rows, colours: true });
          assert.ok(lines.length <= rows, `${lines.length} lines of ${rows}`);
          for (const line of lines) {
            const width = displayWidth(line.replace(SGR, ''));
            assert.ok(width < Math.max(2, columns), `${width} of ${columns} cells: ${line}`);
          }
        }
      }
    }
  });

  test('shows name, state, cause, numbers, map with legend, lanes and log', async () => {
    const view = await half();
    const lines = renderScreen(view, LOG, MIDDLE);
    expect(lines[0]).toMatch(/^object\.bin +downloading$/);
    expect(lines[1]).toMatch(/^from oss:\/\//);
    expect(lines).toContain('Starts afresh.');
    expect(lines.join('\n')).toContain(view.because);
    expect(lines.find((line) => line.includes('━'))).toMatch(/% .* of 10 kB/);
    const map = lines.findIndex((line) => /^[·?▼!&▒█%×]{10}$/.test(line));
    expect(map).toBeGreaterThan(0);
    expect(lines[map + 1]).toMatch(/\d queued$/);
    for (const { part } of view.lanes) {
      expect(lines.some((line) => line.startsWith(`  part ${part} `))).toBe(true);
    }
    expect(lines.at(-1)).toBe(LOG.at(-1));
  });

  test('without colours has none, and every state has a sign of its own', async () => {
    const parts = Uint8Array.from(Object.values(CODE));
    const lines = renderScreen(await half({ parts }), [], MIDDLE);
    expect(lines.join('')).not.toMatch(SGR);
    const map = lines.find((line) => [...line].length === parts.length && line.includes('×')) ?? '';
    expect(new Set(map).size).toBe(parts.length);
  });

  test('keeps one damaged part of a hundred thousand on the map', async () => {
    const parts = new Uint8Array(100_000).fill(CODE.durable);
    parts[77_777] = CODE.damaged;
    const text = renderScreen(await half({ parts }), [], MIDDLE).join('\n');
    expect(text.match(/×/g)).toHaveLength(2); // One on the map, one in the legend.
    expect(text).toContain('× 1 damaged  █ 99999 durable');
  });

  test('on a small screen keeps state, numbers, map and the last line of the log', async () => {
    const lines = renderScreen(await half(), LOG, { columns: 40, rows: 8, colours: false });
    expect(lines[0]).toContain('downloading');
    expect(lines.some((line) => line.includes('%'))).toBe(true);
    expect(lines.some((line) => /^[·?▼!&▒█%×]{10}$/.test(line))).toBe(true);
    expect(lines.at(-1)).toBe(LOG.at(-1));
  });

  test('stays in place while lanes come and go', async () => {
    const view = await half();
    const rowOfLog = (lanes: DownloadView['lanes']) =>
      renderScreen({ ...view, lanes }, ['the log'], MIDDLE).indexOf('the log');
    expect(rowOfLog([])).toBe(rowOfLog(view.lanes));
    expect(rowOfLog([])).toBeGreaterThan(0);
  });

  test('says how many lanes had no room', async () => {
    const view = await half();
    const lanes = Array.from({ length: 40 }, (_, index) => ({
      ...view.lanes[0]!,
      part: index + 1,
    }));
    const lines = renderScreen({ ...view, lanes, lanesMax: 40 }, [], MIDDLE);
    const shown = lines.filter((line) => line.startsWith('  part ')).length;
    expect(lines).toContain(`  and ${40 - shown} more`);
  });

  test('nothing that a server says commands the terminal', async () => {
    const evil = 'a\u001b[2Jb\nc';
    const view = await half({ because: evil, label: evil, target: evil, verdictWords: evil });
    const text = renderScreen(view, [evil], MIDDLE).join('\n');
    expect(text).not.toContain('\u001b');
    expect(text).toContain('a\ufffd[2Jb\ufffdc');
  });
});
