/** The plots: bytes, throughput in all and per lane, retries; drawn by uPlot. */
import uPlot from '../uplot.js';
import { colourOf } from './colours.ts';
import { byId, setText } from './dom.ts';
import { formatMoment, formatRate, formatSize } from './format.ts';
import type { Frames } from './frames.ts';
import { bytesColumns, type Columns, rateColumns, retriesColumns } from './series.ts';
import type { Store } from './store.ts';

interface PlotKind {
  readonly id: string;
  readonly columnsOf: (series: ReturnType<Store['model']>['series']) => Columns;
  /** Colour and width of the line of a column, the first after time being 0. */
  readonly line: (column: number) => { readonly stroke: string; readonly width: number };
  readonly format: (value: number) => string;
  /** The values at one moment, as one line. */
  readonly words: (values: ReadonlyArray<number | null>) => string;
}

const sizeOrDash = (value: number | null | undefined): string =>
  value === null || value === undefined ? '–' : formatSize(Math.round(value));

const KINDS: ReadonlyArray<PlotKind> = [
  {
    id: 'plot-rate',
    columnsOf: rateColumns,
    line: (column) =>
      column === 0
        ? { stroke: colourOf('--accent'), width: 2.5 }
        : { stroke: colourOf(`--lane-${((column - 1) % 4) + 1}`), width: 1 },
    format: (value) => (value === 0 ? '0' : formatRate(value)),
    words: ([all]) => `in all ${formatRate(all ?? 0)}`,
  },
  {
    id: 'plot-bytes',
    columnsOf: bytesColumns,
    line: (column) => ({
      stroke: colourOf(['--part-flowing', '--part-written', '--part-durable'][column] ?? ''),
      width: 2,
    }),
    format: (value) => (value === 0 ? '0' : formatSize(value)),
    words: ([received, written, durable]) =>
      `received ${sizeOrDash(received)} · written ${sizeOrDash(written)} · ` +
      `durable ${sizeOrDash(durable)}`,
  },
  {
    id: 'plot-retries',
    columnsOf: retriesColumns,
    line: () => ({ stroke: colourOf('--part-backingOff'), width: 2 }),
    format: (value) => (Number.isInteger(value) ? String(value) : ''),
    words: ([retries]) => `${retries ?? 0} so far`,
  },
];

export const startPlots = (frames: Frames, store: Store): void => {
  for (const kind of KINDS) startPlot(frames, store, kind);
};

const HEIGHT = 170;

/** Seconds between marks: less than one would be labelled alike. */
const WHOLE = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1_200, 1_800, 3_600, 7_200, 21_600, 86_400];

const startPlot = (frames: Frames, store: Store, kind: PlotKind): void => {
  const frame = byId(kind.id);
  let plot: uPlot | null = null;
  let columnCount = 0;

  const build = (): void => {
    plot?.destroy();
    const columns = kind.columnsOf(store.model().series);
    columnCount = columns.length;
    plot = new uPlot(optionsOf(kind, frame, columnCount), toData(columns), frame);
  };

  frames.on(['theme'], build);
  frames.on(['size'], () => plot?.setSize({ width: widthOf(frame), height: HEIGHT }));
  frames.on(['series'], () => {
    const columns = kind.columnsOf(store.model().series);
    if (plot === null || columns.length !== columnCount) build();
    else plot.setData(toData(columns));
    tellValues(kind, frame, { columns, index: null });
  });
};

const widthOf = (frame: HTMLElement): number => Math.max(120, frame.clientWidth);

const toData = (columns: Columns): uPlot.AlignedData => columns as unknown as uPlot.AlignedData;

const optionsOf = (kind: PlotKind, frame: HTMLElement, columnCount: number): uPlot.Options => {
  const axis = {
    stroke: colourOf('--muted'),
    grid: { stroke: colourOf('--line'), width: 1 },
    ticks: { stroke: colourOf('--line'), width: 1 },
  };
  return {
    width: widthOf(frame),
    height: HEIGHT,
    legend: { show: false },
    cursor: { sync: { key: 'moments' }, y: false, drag: { setScale: false } },
    scales: { x: { time: false }, y: { range: (_, __, most) => [0, Math.max(1, most * 1.08)] } },
    axes: [
      {
        ...axis,
        size: 32,
        incrs: WHOLE,
        values: (_, moments) => moments.map((s) => formatMoment(s * 1000).slice(0, -4)),
      },
      { ...axis, size: 74, values: (_, values) => values.map(kind.format) },
    ],
    series: [
      {},
      ...Array.from({ length: columnCount - 1 }, (_, column) => ({
        ...kind.line(column),
        points: { show: false },
      })),
    ],
    hooks: {
      setCursor: [
        ({ cursor, data }) =>
          tellValues(kind, frame, { columns: data as Columns, index: cursor.idx ?? null }),
      ],
    },
  };
};

/** The values under the cursor; without one, the last. */
const tellValues = (
  kind: PlotKind,
  frame: HTMLElement,
  { columns, index }: { readonly columns: Columns; readonly index: number | null },
): void => {
  const [moments = [], ...rest] = columns;
  const at = index ?? moments.length - 1;
  const moment = moments[at] ?? null;
  const words = kind.words(rest.map((column) => column[at] ?? null));
  const when = index === null || moment === null ? '' : `${formatMoment(moment * 1000)}: `;
  setText(byId(`${frame.id}-words`), `${when}${words}`);
};
