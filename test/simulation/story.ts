/** The whole story of a simulated life in words: the same life, the same text, byte for byte. */
import { describeError } from '../../src/domain/describe-error.ts';
import { createTracer } from '../../src/trace/tracer.ts';
import { describeRecord } from '../../src/view/describe-record.ts';
import { violations } from './laws.ts';
import { live } from './life.ts';
import type { Run } from './run-once.ts';
import { clearSeat } from './seat.ts';
import { worldWords } from './story-words.ts';
import { type TracedRun, traceOf } from './traced-run.ts';
import type { WorldSpec } from './world-spec.ts';

export interface Story {
  readonly lines: ReadonlyArray<string>;
  /** What each run left as a trace, for the inspector. */
  readonly traces: ReadonlyArray<string>;
  readonly isLawful: boolean;
}

export const storyOf = async (spec: WorldSpec): Promise<Story> => {
  clearSeat();
  const lines: Array<string> = ['The world:', ...worldWords(spec).map((text) => `  ${text}`)];
  const traced: Array<TracedRun> = [];
  const life = await live(spec, {
    say: (text, atMs) => lines.push(at(atMs, text)),
    watch: (clock) => {
      lines.push('', `Run ${traced.length + 1}:`);
      const tracer = createTracer({
        now: clock.now,
        startedAtMs: clock.wallTime(),
        partwise: 'simulated',
        host: 'simulated',
      });
      const run: TracedRun = { header: tracer.header, records: [] };
      traced.push(run);
      tracer.subscribe((record) => {
        run.records.push(record);
        lines.push(at(clock.now(), describeRecord(record)));
      });
      return tracer.inspect;
    },
  });
  const broken = violations(life);
  lines.push('', 'The end:', ...life.runs.map(endingWords));
  lines.push(`  the target ${life.end.target}, ${life.end.isIdentical ? 'all' : 'not all'} right`);
  for (const { law, detail } of broken) lines.push(`Broken: ${law}`, `  ${detail}`);
  if (broken.length === 0) lines.push('No law is broken.');
  return { lines, traces: traced.map(traceOf), isLawful: broken.length === 0 };
};

const at = (atMs: number, text: string): string => `  ${atMs.toFixed(1).padStart(9)} ms  ${text}`;

const endingWords = (run: Run, index: number): string => {
  const { ending, error, calls, virtualMs, asked, before } = run;
  return [
    `  run ${index + 1}: ${ending}${error === null ? '' : ` (${describeError(error)})`}`,
    `${before.trusted.length} ranges on record before, ${asked.length} asked for`,
    `${calls} effect calls, ${virtualMs.toFixed(1)} ms`,
  ].join(', ');
};
