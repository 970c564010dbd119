/** What a simulation says, for people: the answer, the comparison, and what it rests on. Pure. */
import { describeError, formatSize } from '../index.ts';
import type { Conditions, Forecast } from '../testing/index.ts';
import { tableLines } from './table.ts';
import { countWords, formatRate, formatSeconds } from './words.ts';

/** Forecasts of all settings; `asked` is one of them. */
export interface Comparison {
  readonly conditions: Conditions;
  readonly asked: Forecast;
  readonly all: ReadonlyArray<Forecast>;
}

/** What differs by less makes no difference: the model is not better than that. */
const SAME = 1.02;

/** Those that end first, the fastest first; those that never end last. */
export const bySpeed = (all: ReadonlyArray<Forecast>): ReadonlyArray<Forecast> =>
  [...all].sort((a, b) => secondsOf(a) - secondsOf(b));

const secondsOf = ({ end, seconds }: Forecast): number => (end === 'renamed' ? seconds : Infinity);

/** Of those that are as fast as the fastest, the one that asks least of the server; null: none ends. */
export const bestOf = (all: ReadonlyArray<Forecast>): Forecast | null => {
  const least = Math.min(...all.map(secondsOf));
  const [best = null] = all
    .filter((forecast) => forecast.end === 'renamed' && forecast.seconds <= least * SAME)
    .sort((a, b) => a.setting.lanes - b.setting.lanes || a.tally.requests - b.tally.requests);
  return best;
};

/** The answer to what was asked, in a line or two. */
export const answerLines = ({ conditions, asked, all }: Comparison): ReadonlyArray<string> => {
  const { size } = conditions;
  const what = `${formatSize(size)} with ${settingWords(asked)}`;
  const best = bestOf(all);
  if (asked.end !== 'renamed') {
    const why = asked.error === null ? NEVER : describeError(asked.error);
    return [`${what} never ends: ${why}`, ...(best === null ? [] : [betterLine(best, null)])];
  }
  const rate = formatRate(size / asked.seconds) ?? 'no time';
  const isBest = best === null || best === asked || asked.seconds <= best.seconds * SAME;
  return [
    `${what}: ${formatSeconds(asked.seconds)}, ${rate}.`,
    `Fetched twice: ${formatSize(asked.fetchedTwice)}, ${twiceWords(asked, size)}.`,
    `${countWords(asked.tally.requests, 'request')} over ` +
      `${countWords(asked.tally.connections, 'connection')}${hardshipWords(asked)}.`,
    isBest ? 'None of the others tried is faster.' : betterLine(best, asked),
    ...(!isBest && best.setting.lanes === lanesTried(all) ? [MORE_LANES] : []),
  ];
};

const lanesTried = (all: ReadonlyArray<Forecast>): number =>
  Math.max(...all.map(({ setting }) => setting.lanes));

const MORE_LANES = 'More lanes may be faster still: --lanes takes a list of them.';

const NEVER = 'interruptions cost more than comes in between.';

const betterLine = (best: Forecast, asked: Forecast | null): string => {
  const times =
    asked === null ? '' : `, ${(asked.seconds / best.seconds).toFixed(1)} times as fast`;
  return `Better: ${settingWords(best)}: ${formatSeconds(best.seconds)}${times}.`;
};

const settingWords = ({ setting: { lanes, partSize } }: Forecast): string =>
  `${countWords(lanes, 'lane')} and parts of ${formatSize(partSize)}`;

const hardshipWords = ({ tally }: Forecast): string =>
  [
    [tally.retries, 'retry', 'retries'],
    [tally.kills, 'kill', 'kills'],
    [tally.powerCuts, 'power cut', 'power cuts'],
    [tally.refreshes, 'refresh', 'refreshes'],
  ]
    .filter(([count]) => count !== 0)
    .map(([count, one, many]) => `, ${count} ${count === 1 ? one : many}`)
    .join('');

const twiceWords = ({ fetchedTwice }: Forecast, size: number): string =>
  `${((fetchedTwice / size) * 100).toFixed(1)} %`;

/** What was simulated, and what follows. */
export const basisLines = ({ sample }: Forecast): ReadonlyArray<string> => {
  const span = formatSeconds(sample.seconds);
  if (sample.isWhole) return [`All of it was simulated: ${span}.`];
  const simulated = `Simulated: its first ${span}. The rest follows from the pace there.`;
  return sample.isDenser ? [simulated, DENSER] : [simulated];
};

const DENSER = 'There, interruptions come sooner than asked, so that what one costs is measured.';

/**
 * All settings in a table, the fastest first. Where it does not fit, columns go that tell least.
 *
 * @param width Of the terminal in cells; null: as wide as it needs.
 */
export const comparisonLines = (
  comparison: Comparison,
  width: number | null,
): ReadonlyArray<string> => {
  const { conditions } = comparison;
  let columns = COLUMNS.filter(({ isShown }) => isShown(conditions));
  let lines = linesOf(comparison, columns);
  while (width !== null && Math.max(...lines.map(({ length }) => length)) >= width) {
    const least = Math.max(...columns.map(({ rank }) => rank));
    if (least === 0) break;
    columns = columns.filter(({ rank }) => rank !== least);
    lines = linesOf(comparison, columns);
  }
  return [...lines, '', LEGEND];
};

const LEGEND = '> as asked   * best: as fast as the fastest, with the fewest lanes';

const linesOf = (
  { conditions, asked, all }: Comparison,
  columns: ReadonlyArray<Fact>,
): ReadonlyArray<string> => {
  const best = bestOf(all);
  const rows = bySpeed(all).map((forecast) => [
    `${forecast === best ? '*' : ' '}${forecast === asked ? '>' : ' '}`,
    ...columns.map(({ cell }) => cell(forecast, conditions.size)),
  ]);
  const heads = columns.map(({ title }) => ({ title, align: 'right', least: null }) as const);
  const mark = { title: '', align: 'left', least: null } as const;
  return tableLines([mark, ...heads], rows, null);
};

interface Fact {
  readonly title: string;
  /** What goes last is 0: that stays. */
  readonly rank: number;
  readonly isShown: (conditions: Conditions) => boolean;
  readonly cell: (forecast: Forecast, size: number) => string;
}

const isAlways = (): boolean => true;
const ifEnds = (text: (forecast: Forecast, size: number) => string): Fact['cell'] => {
  return (forecast, size) => (forecast.end === 'renamed' ? text(forecast, size) : '-');
};

const COLUMNS: ReadonlyArray<Fact> = [
  { title: 'LANES', rank: 0, isShown: isAlways, cell: ({ setting }) => String(setting.lanes) },
  {
    title: 'PARTS',
    rank: 0,
    isShown: isAlways,
    cell: ({ setting }) => formatSize(setting.partSize),
  },
  {
    title: 'TIME',
    rank: 0,
    isShown: isAlways,
    cell: (forecast) => (forecast.end === 'renamed' ? formatSeconds(forecast.seconds) : 'never'),
  },
  {
    title: 'RATE',
    rank: 3,
    isShown: isAlways,
    cell: ifEnds(({ seconds }, size) => formatRate(size / seconds) ?? '-'),
  },
  { title: 'TWICE', rank: 0, isShown: isAlways, cell: ifEnds(twiceWords) },
  {
    title: 'REQUESTS',
    rank: 4,
    isShown: isAlways,
    cell: ifEnds(({ tally }) => String(tally.requests)),
  },
  {
    title: 'RETRIES',
    rank: 5,
    isShown: ({ resetEvery }) => resetEvery !== null,
    cell: ifEnds(({ tally }) => String(tally.retries)),
  },
  {
    title: 'KILLS',
    rank: 1,
    isShown: ({ killEveryMs }) => killEveryMs !== null,
    cell: ifEnds(({ tally }) => String(tally.kills)),
  },
  {
    title: 'CUTS',
    rank: 2,
    isShown: ({ powerCutEveryMs }) => powerCutEveryMs !== null,
    cell: ifEnds(({ tally }) => String(tally.powerCuts)),
  },
  {
    title: 'REFRESHES',
    rank: 6,
    isShown: ({ credentialsLastMs }) => credentialsLastMs !== null,
    cell: ifEnds(({ tally }) => String(tally.refreshes)),
  },
];
