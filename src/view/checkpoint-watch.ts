/**
 * Which written parts are durable: those whose last byte was written before a checkpoint began
 * that came to a good end.
 */
import type { PartNumber } from '../domain/plan.ts';

/** The state of the download's chart that saves a checkpoint; null: none of them is active. */
export type CheckpointState = string | null;

export interface SavedCheckpoints {
  readonly state: CheckpointState;
  readonly written: ReadonlyArray<PartNumber>;
  readonly noted: ReadonlyArray<PartNumber>;
}

export interface CheckpointWatch {
  /** A part was written to its end. */
  readonly wrote: (part: PartNumber) => void;
  /** A step of the download was taken; tells which parts it made durable. */
  readonly stepped: (
    states: ReadonlyArray<string>,
    took: ReadonlyArray<string>,
  ) => ReadonlyArray<PartNumber>;
  /** Begins anew. */
  readonly forget: () => void;
  readonly save: () => SavedCheckpoints;
  readonly restore: (saved: SavedCheckpoints) => void;
}

/** Hears of each written part and of each step of the download. */
export const checkpointWatch = (): CheckpointWatch => {
  let state: CheckpointState = null;
  /** Since the checkpoint under way began, or the last one. */
  let written: Array<PartNumber> = [];
  /** What the checkpoint under way is about. */
  let noted: ReadonlyArray<PartNumber> = [];

  /** What a checkpoint failed to make durable is for the next one to try. */
  const end = (took: ReadonlyArray<string>): ReadonlyArray<PartNumber> => {
    const isDone = state !== null && took.some((id) => id.endsWith(DONE));
    const durable = isDone ? noted : NONE;
    if (!isDone) written = [...noted, ...written];
    noted = NONE;
    return durable;
  };
  const restore = (saved: SavedCheckpoints): void => {
    state = saved.state;
    written = [...saved.written];
    noted = saved.noted;
  };
  return {
    wrote: (part) => {
      written.push(part);
    },
    stepped: (states, took) => {
      const now = states.find((id) => id.endsWith(CHECKPOINTING)) ?? null;
      if (now === state) return NONE;
      const durable = end(took);
      state = now;
      if (now !== null) {
        noted = written;
        written = [];
      }
      return durable;
    },
    save: () => ({ state, written: [...written], noted }),
    restore,
    forget: () => restore({ state: null, written: [], noted: [] }),
  };
};

const NONE: ReadonlyArray<PartNumber> = [];
const CHECKPOINTING = '.checkpointing';
const DONE = '.checkpointing: saveCheckpoint done 0';
