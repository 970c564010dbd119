/** A real download from the embedded server, with everything that its tracer told. */
import { bytes } from '../../src/domain/bytes.ts';
import { liveEffects } from '../../src/live-effects.ts';
import type { DownloadInput } from '../../src/machines/download-input.ts';
import { type Download, startDownload } from '../../src/start-download.ts';
import type { TraceRecord } from '../../src/trace/trace-record.ts';
import { createTracer } from '../../src/trace/tracer.ts';
import { foldView, type ViewFold } from '../../src/view/fold-view.ts';
import { collect, demoCredentials, type RunOptions, type Scene } from '../acceptance/scene.ts';
import { inputFor, SETTINGS } from '../input-for.ts';

export interface TracedOptions
  extends Pick<
    RunOptions,
    'source' | 'lanes' | 'partSize' | 'threshold' | 'attemptsMax' | 'credentials' | 'change'
  > {
  readonly begun?: (job: Download) => void;
  /** Called behind every record, when the fold has taken it. */
  readonly look?: (fold: ViewFold, record: TraceRecord, job: Download) => void;
}

export interface TracedRun {
  readonly records: ReadonlyArray<TraceRecord>;
  readonly fold: ViewFold;
  readonly ended: Awaited<ReturnType<typeof collect>>;
}

export const tracedRun = async (scene: Scene, options: TracedOptions = {}): Promise<TracedRun> => {
  const { source = scene.source, credentials = demoCredentials, look = () => {} } = options;
  const { change = (effects) => effects, begun = () => {} } = options;
  const { store } = scene;
  const live = liveEffects({ source, credentials, store, silenceMsMax: 10_000 });
  const { now } = live.clock;
  const tracer = createTracer({ now, startedAtMs: 0, partwise: '0.0.0', host: 'test' });
  const fold = foldView();
  const records: Array<TraceRecord> = [];
  const thrown: Array<unknown> = []; // Inside of a statechart it would be the statechart's fault.
  let job: Download | null = null;
  tracer.subscribe((record) => {
    records.push(record);
    fold.take(record);
    try {
      if (job !== null) look(fold, record, job); // While it starts, nobody has it yet.
    } catch (error) {
      thrown.push(error);
    }
  });
  job = startDownload(change(live), inputOf(scene, options), { inspect: tracer.inspect });
  begun(job);
  const ended = await collect(job);
  await live.close();
  if (thrown.length > 0) throw thrown[0];
  return { records, fold, ended };
};

const inputOf = (scene: Scene, options: TracedOptions): DownloadInput => {
  const { source = scene.source, partSize = 1_000, threshold = 0, lanes = 4 } = options;
  const wishes = { partSize: bytes(partSize), threshold: bytes(threshold) };
  const retry = { ...SETTINGS.retry, attemptsMax: options.attemptsMax ?? 3 };
  return inputFor({ source, target: scene.target }, { wishes, lanes, retry });
};

/** A fold that took these records, and no others. */
export const foldOf = (records: ReadonlyArray<TraceRecord>): ViewFold => {
  const fold = foldView();
  for (const record of records) fold.take(record);
  return fold;
};
