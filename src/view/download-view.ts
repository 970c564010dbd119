/**
 * What a person sees of a download at one moment: plain data, folded from trace records by
 * `fold-view.ts`. The inspector's page, the terminal's view and a replay show the same.
 */
import type { DownloadError } from '../domain/errors.ts';
import type { PartNumber } from '../domain/plan.ts';
import type { Progress } from '../domain/progress.ts';
import type { Verdict } from '../domain/verdict.ts';

/** What is known of one part, in the order in which a part usually goes through them. */
export const PART_STATES = [
  'queued',
  'requesting',
  'flowing',
  'backingOff',
  'awaitingAccess',
  /** All its bytes are in the kernel's hands. */
  'written',
  /** All its bytes survive a power cut. */
  'durable',
  /** Its bytes of a former run are being read back, or wait for that. */
  'verifying',
  /** Its bytes of a former run are not what was recorded: it is fetched again. */
  'damaged',
] as const;

export type PartState = (typeof PART_STATES)[number];

/** Index into `PART_STATES`: one byte per part, so that 100 000 parts are 100 kB. */
export type PartCode = number;

/** A part that has a lane, or that something has to be told of. */
export interface LaneView {
  readonly part: PartNumber;
  readonly state: PartState;
  /** Failures in a row so far. */
  readonly attempt: number;
  /** Why it waits; null: it does not. */
  readonly error: DownloadError | null;
  /** The same in a word or two, for the page and the terminal alike; empty: it does not. */
  readonly cause: string;
  /** The moment at which it goes on; null: nobody knows. On the clock of `atMs`. */
  readonly untilMs: number | null;
  /** 0 until something is known. */
  readonly bytesPerSecond: number;
}

/** A button, and why it cannot be pressed. */
export interface CommandView {
  readonly isEnabled: boolean;
  /** Empty where it is enabled. */
  readonly reason: string;
}

export interface DownloadView {
  /** Milliseconds since the trace began. */
  readonly atMs: number;
  /** The object as people may see it. */
  readonly label: string;
  readonly target: string;
  /** Ids of the innermost active states of the download's chart. */
  readonly states: ReadonlyArray<string>;
  /** Ids of the transitions taken last. */
  readonly took: ReadonlyArray<string>;
  /** Every transition taken so far, with how often. */
  readonly taken: Readonly<Record<string, number>>;
  /** What it is doing, in a word that the terminal's bar uses, too: `downloading`, `paused`. */
  readonly word: string;
  /** Why it is doing that, or why it waits, in one sentence; empty: it says itself. */
  readonly because: string;
  readonly plan: {
    readonly size: number | null;
    readonly partSize: number;
    readonly partCount: number;
  } | null;
  readonly verdict: Verdict | null;
  /** In words; empty before there is one. */
  readonly verdictWords: string;
  readonly progress: Progress | null;
  /** Parts in flight, by number. */
  readonly lanes: ReadonlyArray<LaneView>;
  /** How many lanes there may be. */
  readonly lanesMax: number;
  /** One code per part, part 1 first; empty before there is a plan. Not to be written to. */
  readonly parts: Uint8Array;
  readonly retries: number;
  readonly error: DownloadError | null;
  readonly commands: {
    readonly pause: CommandView;
    readonly resume: CommandView;
    readonly cancel: CommandView;
  };
  readonly isEnded: boolean;
}
