/** What a fold over trace records knows: changed in place, and copied for going back to it. */
import type { PartNumber } from '../domain/plan.ts';
import type { DownloadContext } from '../machines/download-context.ts';
import {
  type CheckpointWatch,
  checkpointWatch,
  type SavedCheckpoints,
} from './checkpoint-watch.ts';
import type { Lane } from './lanes.ts';
import { type PartMap, partMap } from './part-map.ts';
import type { Situation } from './situation.ts';

export interface FoldState {
  readonly parts: PartMap;
  readonly lanes: Map<PartNumber, Lane>;
  readonly checkpoints: CheckpointWatch;
  /** How often each transition of either chart was taken. */
  readonly taken: Map<string, { times: number }>;
  now: { -readonly [Field in keyof Moment]: Moment[Field] };
}

/** What is replaced, never changed, but for the context. */
interface Moment {
  readonly atMs: number;
  /** Null: the download was not heard of yet. */
  readonly context: DownloadContext | null;
  readonly states: ReadonlyArray<string>;
  readonly took: ReadonlyArray<string>;
  readonly retries: number;
  readonly ending: Situation['ending'];
  /** Recorded parts below this one have been read back. */
  readonly readBackTo: PartNumber;
}

/** A moment of a fold: a byte for each part, and a few kilobytes. */
export interface SavedFold {
  readonly moment: Moment;
  readonly parts: Uint8Array;
  readonly lanes: ReadonlyArray<Lane>;
  readonly checkpoints: SavedCheckpoints;
  readonly taken: ReadonlyArray<readonly [id: string, times: number]>;
}

export const BEGINNING: Moment = {
  atMs: 0,
  context: null,
  states: [],
  took: [],
  retries: 0,
  ending: null,
  readBackTo: 1,
};

export const newFoldState = (): FoldState => ({
  parts: partMap(),
  lanes: new Map(),
  checkpoints: checkpointWatch(),
  taken: new Map(),
  now: { ...BEGINNING },
});

/** A copy that nothing changes. */
export const saveFold = ({ parts, lanes, checkpoints, taken, now }: FoldState): SavedFold => ({
  moment: { ...now, context: copyOf(now.context) },
  parts: parts.codes().slice(),
  lanes: [...lanes.values()].map((lane) => ({ ...lane })),
  checkpoints: checkpoints.save(),
  taken: [...taken].map(([id, { times }]) => [id, times]),
});

export const restoreFold = (fold: FoldState, saved: SavedFold): void => {
  fold.now = { ...saved.moment, context: copyOf(saved.moment.context) };
  fold.parts.load(saved.parts.slice());
  fold.lanes.clear();
  for (const lane of saved.lanes) fold.lanes.set(lane.part, { ...lane });
  fold.checkpoints.restore(saved.checkpoints);
  fold.taken.clear();
  for (const [id, times] of saved.taken) fold.taken.set(id, { times });
};

/** Its fields are never changed, only replaced. */
const copyOf = (context: DownloadContext | null): DownloadContext | null =>
  context === null ? null : { ...context };
