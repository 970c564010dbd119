/** `partwise chart`: a statechart as a picture, as text that draws one, or as data. */
import { readFile } from 'node:fs/promises';
import { E } from '../fp.ts';
import type { ErrorOf } from '../index.ts';
import { type Chart, chartOf } from '../machines/chart.ts';
import { downloadMachine } from '../machines/download-machine.ts';
import { partMachine } from '../machines/part-machine.ts';
import { chartToMermaid } from '../machines/to-mermaid.ts';
import { DONE } from './exit-codes.ts';
import type { Io } from './output.ts';
import { decodeChoice } from './refuse.ts';
import { tellFailure } from './tell-failure.ts';

/** What was asked of `chart`. */
export interface ChartRequest {
  readonly flags: { readonly format?: string; readonly machine?: string };
}

/** Writes the chart to stdout. Returns the exit code. */
export const chartCommand = async ({ flags }: ChartRequest, io: Io): Promise<number> => {
  const asked = decode(flags);
  if (E.isLeft(asked)) return tellFailure(asked.left, false, { json: false, io });
  const { chart, write } = asked.right;
  io.stdout.text(await write(chart));
  return DONE;
};

type Write = (chart: Chart) => string | Promise<string>;

/** The picture was laid out when the package was made: that takes more than the rest of it. */
const readPicture: Write = ({ id }) =>
  readFile(new URL(`../../assets/charts/${id}.svg`, import.meta.url), 'utf8');

const FORMATS: Readonly<Record<string, Write>> = {
  svg: readPicture,
  mermaid: chartToMermaid,
  json: (chart) => `${JSON.stringify(chart, null, 2)}\n`,
};

const CHARTS: Readonly<Record<string, () => Chart>> = {
  download: () => chartOf(downloadMachine),
  part: () => chartOf(partMachine),
};

const decode = ({
  format,
  machine,
}: ChartRequest['flags']): E.Either<
  ErrorOf<'UsageError'>,
  { readonly chart: Chart; readonly write: Write }
> => {
  const write = decodeChoice('--format', format, FORMATS);
  if (E.isLeft(write)) return write;
  const chart = decodeChoice('--machine', machine, CHARTS);
  if (E.isLeft(chart)) return chart;
  const drawn = chart.right ?? (() => chartOf(downloadMachine));
  return E.right({ chart: drawn(), write: write.right ?? readPicture });
};
