/** Reading traces: whole ones, torn ones, later ones, and what is none. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadTrace, readTrace } from '../../src/trace/read-trace.ts';
import { describeTraceFlaw, type TraceFlaw } from '../../src/trace/trace-flaw.ts';
import { traceLines } from '../../src/trace/trace-lines.ts';
import type { TraceHeader, TraceRecord } from '../../src/trace/trace-record.ts';
import { freshFolder } from '../acceptance/scene.ts';

const HEADER: TraceHeader = {
  ...{ trace: 'partwise', version: 1, startedAtMs: 1_700_000_000_000 },
  ...{ partwise: '1.2.3', host: 'v22.1.0 linux x64' },
};
const RECORDS: ReadonlyArray<TraceRecord> = [
  { type: 'started', at: 0, actor: 'download' },
  { type: 'event', at: 0.5, to: 'download', from: null, event: { type: 'pause' } },
  { type: 'step', at: 0.5, actor: 'download', took: ['a: pause 0'], states: ['download.paused'] },
  { type: 'ended', at: 9.25, actor: 'download', how: 'stopped' },
];
const LINES = traceLines(HEADER);
const TEXT = LINES.header + RECORDS.map(LINES.line).join('');

/** The text in pieces of some length. */
async function* pieces(text: string, length = text.length) {
  for (let at = 0; at < text.length; at += length) yield text.slice(at, at + length);
}

const flawOf = async (text: string): Promise<TraceFlaw | null> => {
  const read = await loadTrace(pieces(text));
  return read._tag === 'Left' ? read.left : null;
};

describe('readTrace', () => {
  test.each([1, 7, 64, 100_000])('gives back what was written, in pieces of %i', async (length) => {
    const read = await loadTrace(pieces(TEXT, length));
    expect(read).toEqual({
      _tag: 'Right',
      right: { header: HEADER, records: RECORDS, count: 4, isTorn: false },
    });
  });

  test('hands over the header before any record', async () => {
    const seen: Array<string> = [];
    await readTrace(pieces(TEXT), {
      header: ({ partwise }) => seen.push(partwise),
      record: ({ type }) => seen.push(type),
    });
    expect(seen).toEqual(['1.2.3', 'started', 'event', 'step', 'ended']);
  });

  test('leaves out a last line that was not ended, wherever it is cut', async () => {
    const whole = TEXT.slice(0, -1);
    for (let end = whole.lastIndexOf('\n') + 2; end < whole.length; end++) {
      expect(await loadTrace(pieces(whole.slice(0, end)))).toMatchObject({
        right: { count: 3, isTorn: true },
      });
    }
    expect(await loadTrace(pieces(whole))).toMatchObject({ right: { count: 4, isTorn: false } });
  });

  test.each([
    ['', 'Not a trace'],
    ['\n\n', 'Not a trace'],
    ['{"type":"renamed"}\n', 'Not a trace'],
    ['GIF89a', 'Not a trace'],
    [LINES.header.slice(0, 30), 'Not a trace'],
    [LINES.header.replace('"version":1', '"version":"1"'), 'Not a trace'],
    [LINES.header.replace('"version":1', '"version":0'), 'Not a trace'],
    [
      LINES.header.replace('"version":1', '"version":2'),
      'newer version: format 2, this one reads 1',
    ],
    [`${LINES.header}{"type":"started","at":0}\n`, 'Line 2 is not a record'],
    [`${LINES.header}null\n`, 'Line 2 is not a record'],
    [`${TEXT}{"type":"other","at":1,"actor":"download"}\n`, 'Line 6 is not a record'],
    [`${TEXT}nonsense\n${TEXT}`, 'Line 6 is not a record'],
    [`${LINES.header}{"type":"step","at":1,"actor":"a","took":1,"states":[]}\n`, 'Line 2'],
    [`${LINES.header}{"type":"event","at":1,"to":"a","from":null,"event":{}}\n`, 'Line 2'],
    [`${LINES.header}{"type":"started","at":"1","actor":"a"}\n`, 'Line 2'],
  ])('refuses %j', async (text, words) => {
    const flaw = await flawOf(text);
    expect(flaw === null ? null : describeTraceFlaw(flaw)).toContain(words);
  });

  test('hands over what stands before a damaged line', async () => {
    const seen: Array<TraceRecord> = [];
    const text = `${TEXT}nonsense\n`;
    await readTrace(pieces(text), { record: (record) => seen.push(record) });
    expect(seen).toEqual(RECORDS);
  });

  test('reads a file, and says why it cannot', async () => {
    const folder = await freshFolder();
    const path = join(folder, 'trace.jsonl');
    await writeFile(path, TEXT);
    expect(await loadTrace(path)).toMatchObject({ right: { count: 4 } });
    const missing = await loadTrace(join(folder, 'missing'));
    expect(missing).toMatchObject({ left: { _tag: 'TraceUnreadable', code: 'ENOENT' } });
    expect(await loadTrace(folder)).toMatchObject({ left: { code: 'EISDIR' } });
  });
});
