/**
 * Which written parts are durable: those whose last byte was written before a checkpoint began
 * that came to a good end.
 */
import type { PartNumber } from '../domain/plan.ts';
import { chartOf } from '../machines/chart.ts';
import { downloadMachine } from '../machines/download-machine.ts';
import type { EffectName } from './chart-states.ts';

/** The effect that saves a checkpoint: `saved` and `failed` are its ends. */
export const SAVE_CHECKPOINT: EffectName = 'saveCheckpoint';

export interface SavedCheckpoints {
  /** The state of the chart whose checkpoint is under way; null: none is. */
  readonly saving: string | null;
  readonly written: ReadonlyArray<PartNumber>;
  readonly noted: ReadonlyArray<PartNumber>;
}

export interface CheckpointWatch {
  /** A part was written to its end. */
  readonly wrote: (part: PartNumber) => void;
  /**
   * The download took a step, and these states are active. One that saves a checkpoint begins it,
   * unless it is under way; a checkpoint whose state was left will not be heard of again.
   */
  readonly stepped: (states: ReadonlyArray<string>) => void;
  /** The checkpoint came to a good end; tells which parts it made durable. */
  readonly saved: () => ReadonlyArray<PartNumber>;
  readonly failed: () => void;
  /** Begins anew. */
  readonly forget: () => void;
  readonly save: () => SavedCheckpoints;
  readonly restore: (saved: SavedCheckpoints) => void;
}

/** Hears of each written part, of each step of the download, and how checkpoints end. */
export const checkpointWatch = (): CheckpointWatch => {
  let saving: string | null = null;
  /** Since the checkpoint under way began, or the last one. */
  let written: Array<PartNumber> = [];
  /** What the checkpoint under way is about. */
  let noted: ReadonlyArray<PartNumber> = [];

  const begin = (state: string): void => {
    saving = state;
    noted = written;
    written = [];
  };
  const saved = (): ReadonlyArray<PartNumber> => {
    const durable = noted;
    saving = null;
    noted = [];
    return durable;
  };
  /** What a checkpoint did not make durable is for the next one to try. */
  const failed = (): void => {
    if (saving !== null) written = [...saved(), ...written];
  };
  const restore = (from: SavedCheckpoints): void => {
    saving = from.saving;
    written = [...from.written];
    noted = from.noted;
  };
  return {
    wrote: (part) => {
      written.push(part);
    },
    stepped: (states) => {
      const now = states.find((id) => SAVING.has(id)) ?? null;
      if (now === saving) return;
      failed();
      if (now !== null) begin(now);
    },
    saved,
    failed,
    save: () => ({ saving, written: [...written], noted }),
    restore,
    forget: () => restore({ saving: null, written: [], noted: [] }),
  };
};

/** Ids of the states in which a checkpoint is under way. */
const SAVING: ReadonlySet<string> = new Set(
  chartOf(downloadMachine)
    .states.filter(({ invokes }) => invokes.includes(SAVE_CHECKPOINT))
    .map(({ id }) => id),
);
