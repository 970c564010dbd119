/** The states of a part in words: for a sentence behind `part 17`, and for a legend. */
import type { PartState } from './download-view.ts';

/** What a part does: `part 17 waits for the first byte`. */
export const PART_WORDS: Readonly<Record<PartState, string>> = {
  queued: 'has to be fetched',
  requesting: 'waits for the first byte',
  flowing: 'is arriving',
  backingOff: 'waits',
  awaitingAccess: 'waits for fresh credentials',
  written: 'is written, not yet durable',
  durable: 'is durable',
  verifying: 'has bytes of a former run that are being read back',
  damaged: 'is not on disk as recorded, and is fetched again',
};

/** The states in a word or two. */
export const PART_NAMES: Readonly<Record<PartState, string>> = {
  queued: 'queued',
  requesting: 'requesting',
  flowing: 'flowing',
  backingOff: 'backing off',
  awaitingAccess: 'awaiting access',
  written: 'written',
  durable: 'durable',
  verifying: 'verifying',
  damaged: 'damaged',
};
