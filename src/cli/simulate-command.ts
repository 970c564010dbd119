/** `partwise simulate`: how long a download takes over a bad network, and what does better. */
import { E } from '../fp.ts';
import { type Forecast, forecast } from '../testing/index.ts';
import { openTraceFile } from '../trace/trace-file.ts';
import type { TraceSink } from '../trace/write-trace.ts';
import { DONE } from './exit-codes.ts';
import { writeJson } from './json-lines.ts';
import type { Io } from './output.ts';
import { ownVersion } from './own-version.ts';
import type { SimulateRequest } from './simulate-arguments.ts';
import { chartLines } from './simulate-chart.ts';
import { decodeQuestion, type Question } from './simulate-question.ts';
import {
  answerLines,
  basisLines,
  bestOf,
  bySpeed,
  type Comparison,
  comparisonLines,
} from './simulate-words.ts';
import { tellFailure } from './tell-failure.ts';

/** Simulates, and tells what came of it. Returns the exit code. */
export const simulateCommand = async ({ flags }: SimulateRequest, io: Io): Promise<number> => {
  const how = { json: flags.json, io };
  const question = decodeQuestion(flags);
  if (E.isLeft(question)) return tellFailure(question.left, false, how);
  const sink = flags.trace === undefined ? null : await openTraceFile(flags.trace)();
  if (sink !== null && E.isLeft(sink)) return tellFailure(sink.left, false, how);
  const trace: Array<string> = [];
  const comparison = await compare(question.right, sink === null ? null : trace, io);
  if (flags.json) tellPrograms(comparison, io);
  else tellPeople(comparison, io);
  if (sink === null) return DONE;
  const written = await writeAll(sink.right, trace);
  if (E.isLeft(written)) return tellFailure(written.left, false, how);
  io.stderr.line(`Recorded in ${flags.trace}: partwise replay shows it.`);
  return DONE;
};

const writeAll = async (sink: TraceSink, lines: ReadonlyArray<string>) => {
  const appended = await sink.append(lines.join(''))();
  const closed = await sink.close();
  return E.isLeft(appended) ? appended : closed;
};

/** One setting after the other; a terminal is told how far it is. */
const compare = async (
  { conditions, asked, others }: Question,
  trace: Array<string> | null,
  { stderr }: Io,
): Promise<Comparison> => {
  const count = others.length + 1;
  const tell = (done: number): void => {
    if (stderr.terminal !== null) stderr.text(`\r\u001b[KSimulating: ${done + 1} of ${count} …`);
  };
  tell(0);
  const recording = trace === null ? {} : { trace: (line: string) => void trace.push(line) };
  const first = await forecast(conditions, asked, { ...recording, partwise: ownVersion() });
  const all: Array<Forecast> = [first];
  for (const setting of others) {
    tell(all.length);
    all.push(await forecast(conditions, setting));
  }
  if (stderr.terminal !== null) stderr.text('\r\u001b[K');
  return { conditions, asked: first, all };
};

/** Where nobody looks at a terminal, as wide as this. */
const COLUMNS = 80;

const tellPeople = (comparison: Comparison, { stdout, env }: Io): void => {
  const { asked, conditions } = comparison;
  const { terminal } = stdout;
  const columns = terminal?.columns ?? COLUMNS;
  const isPlain = terminal === null || (env['NO_COLOR'] ?? '') !== '';
  const look = { columns, isPlain };
  const lines = [
    ...answerLines(comparison),
    '',
    ...chartLines(asked, conditions.size, look),
    ...basisLines(asked),
    '',
    ...comparisonLines(comparison, terminal === null ? null : columns),
  ];
  for (const line of lines) stdout.line(line);
};

const tellPrograms = ({ asked, all, conditions }: Comparison, { stdout }: Io): void => {
  for (const one of bySpeed(all)) {
    writeJson(stdout, { type: 'setting', isAsked: one === asked, ...toJson(one) });
  }
  const best = bestOf(all);
  const { size, seed } = conditions;
  writeJson(stdout, {
    type: 'simulated',
    size,
    seed,
    asked: toJson(asked),
    best: best === null ? null : toJson(best),
  });
};

const toJson = ({ setting, end, error, seconds, tally, fetchedTwice, sample }: Forecast) => ({
  ...setting,
  end,
  ...(error === null ? {} : { error }),
  seconds: Math.round(seconds * 1000) / 1000,
  fetchedTwice,
  ...tally,
  isWhole: sample.isWhole,
  simulatedSeconds: Math.round(sample.seconds * 1000) / 1000,
});
