/** What was found in all batches so far, and how it is told. Pure. */
import { ALL_TRANSITIONS } from './chart-coverage.ts';
import type { Failure } from './explore.ts';
import type { BatchReport } from './explore-worker.ts';

export interface Tally {
  readonly worlds: number;
  readonly runs: number;
  readonly resumedHalfWay: number;
  readonly taken: ReadonlySet<string>;
  /** Of all processes together. */
  readonly cpuMs: number;
  /** Of the lowest seed that has one. */
  readonly failure: Failure | null;
}

export const NO_TALLY: Tally = {
  worlds: 0,
  runs: 0,
  resumedHalfWay: 0,
  taken: new Set(),
  cpuMs: 0,
  failure: null,
};

export const withReport = (tally: Tally, { finding, cpuMs }: BatchReport): Tally => ({
  worlds: tally.worlds + finding.worlds,
  runs: tally.runs + finding.runs,
  resumedHalfWay: tally.resumedHalfWay + finding.resumedHalfWay,
  taken: new Set([...tally.taken, ...finding.taken]),
  cpuMs: tally.cpuMs + cpuMs,
  failure: earlier(tally.failure, finding.failure),
});

const earlier = (a: Failure | null, b: Failure | null): Failure | null => {
  if (a === null || b === null) return a ?? b;
  return b.seed < a.seed ? b : a;
};

/** Transitions of both machines that no run took. */
export const notTaken = ({ taken }: Tally): ReadonlyArray<string> =>
  ALL_TRANSITIONS.filter((id) => !taken.has(id));

/** How it goes, in one line. */
export const tallyWords = (tally: Tally, elapsedMs: number): string => {
  const { worlds, runs, resumedHalfWay, cpuMs } = tally;
  const share = worlds === 0 ? 0 : (100 * resumedHalfWay) / worlds;
  return [
    `${worlds} worlds, ${runs} runs in ${Math.round(elapsedMs / 1_000)} s`,
    `${perSecond(worlds, elapsedMs)} worlds/s`,
    `${perSecond(worlds, cpuMs)} per second of one core`,
    `${share.toFixed(1)} % resumed half way`,
    `${notTaken(tally).length} of ${ALL_TRANSITIONS.length} transitions not taken`,
  ].join(' · ');
};

const perSecond = (count: number, ms: number): number =>
  ms === 0 ? 0 : Math.round((1_000 * count) / ms);

/** The failure, and the one command that tells its story. */
export const failureWords = ({ seed, path, spec, violations }: Failure): string =>
  [
    ...violations.map(({ law, detail }) => `Broken: ${law}\n  ${detail}`),
    `World: ${JSON.stringify(spec)}`,
    `Replay: npm run replay -- --seed ${seed} --path ${path}`,
  ].join('\n');
