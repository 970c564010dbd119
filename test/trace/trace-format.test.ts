/** `docs/trace-format.md` shows what is really written. */
import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { createActor, SimulatedClock } from 'xstate';
import type { DownloadError } from '../../src/domain/errors.ts';
import { loadTrace, TRACE_VERSION } from '../../src/trace/read-trace.ts';
import { traceLines } from '../../src/trace/trace-lines.ts';
import { createTracer } from '../../src/trace/tracer.ts';
import { scriptedInput, scriptedMachine } from './scripted-download.ts';

const RESET: DownloadError = { _tag: 'NetworkFailed', code: 'ECONNRESET', message: 'reset' };

/** The lines of a scripted download; of two parts the second one fails once. */
const traceOf = async (partCount: number): Promise<ReadonlyArray<string>> => {
  let ticks = 0;
  const now = () => ++ticks;
  const about = { startedAtMs: 1_767_225_600_000, partwise: '0.1.0', host: 'simulated' };
  const tracer = createTracer({ now, ...about });
  const lines = traceLines(tracer.header);
  const written = [lines.header];
  tracer.subscribe((record) => written.push(lines.line(record)));
  const failureOf = (part: number, attempt: number) => (part === 2 && attempt === 1 ? RESET : null);
  const clock = new SimulatedClock();
  const actor = createActor(scriptedMachine({ partCount, failureOf }), {
    ...{ input: scriptedInput(), clock, inspect: tracer.inspect },
  }).start();
  for (let turns = 0; turns < 1_000 && actor.getSnapshot().status === 'active'; turns++) {
    await new Promise((resolve) => setImmediate(resolve));
    clock.increment(1);
  }
  return written;
};

const page = await readFile('docs/trace-format.md', 'utf8');
const examples = [...page.matchAll(/^```json\n(.*)\n```$/gm)].map((match) => match[1] ?? '');
const withoutTime = (line: string): string => line.trim().replace(/"at":[\d.]+/, '"at":0');

describe('docs/trace-format.md', () => {
  test('has an example of every kind of record, each from a download of two parts', async () => {
    const written = new Set((await traceOf(2)).map(withoutTime));
    expect(examples.filter((example) => !written.has(withoutTime(example)))).toEqual([]);
    const kinds = examples.slice(1).map((example) => JSON.parse(example).type);
    expect([...new Set(kinds)].sort()).toEqual(['ended', 'event', 'started', 'step']);
  });

  test('its examples are a trace that can be read', async () => {
    const read = await loadTrace(
      (async function* () {
        yield examples.join('\n');
      })(),
    );
    expect(read).toMatchObject({ _tag: 'Right', right: { count: examples.length - 1 } });
    expect(page).toContain(`Format version **${TRACE_VERSION}**`);
  });

  test('says how large a trace is', async () => {
    const lines = await traceOf(1_000);
    const bytesPerPart = lines.join('').length / 1_000;
    expect(lines.length / 1_000).toBeCloseTo(9, 0);
    expect(bytesPerPart).toBeGreaterThan(1_100);
    expect(bytesPerPart).toBeLessThan(1_500);
    const zipped = gzipSync(lines.join('')).length;
    expect(zipped).toBeLessThan(150_000);
    expect(zipped).toBeGreaterThan(50_000);
  });
});
