/** The states of a part as the page shows them: in the order of the codes on the wire. */
import type { PartCode, PartState } from '../../view/download-view.ts';

export interface PartLook {
  readonly state: PartState;
  readonly word: string;
  /** One sentence for those who ask what the word means. */
  readonly meaning: string;
  /**
   * Of the parts that share one cell, the one with the highest rank gives the colour: the one that
   * needs a person most. The terminal has the same order: `view/part-cells.ts`.
   */
  readonly rank: number;
}

export const PART_LOOKS: ReadonlyArray<PartLook> = [
  { state: 'queued', word: 'queued', rank: 2, meaning: 'Waits for a lane.' },
  {
    state: 'requesting',
    word: 'requesting',
    rank: 5,
    meaning: 'Waits for the first byte of an answer.',
  },
  { state: 'flowing', word: 'flowing', rank: 4, meaning: 'Bytes arrive and are written.' },
  {
    state: 'backingOff',
    word: 'backing off',
    rank: 6,
    meaning: 'Failed; waits before the next attempt.',
  },
  {
    state: 'awaitingAccess',
    word: 'awaiting access',
    rank: 7,
    meaning: 'Credentials or a signed URL ran out; waits for fresh ones.',
  },
  { state: 'written', word: 'written', rank: 1, meaning: 'The system has all its bytes.' },
  { state: 'durable', word: 'durable', rank: 0, meaning: 'All its bytes survive a power cut.' },
  {
    state: 'verifying',
    word: 'verifying',
    rank: 3,
    meaning: 'Bytes of a former run are being read back.',
  },
  {
    state: 'damaged',
    word: 'damaged',
    rank: 8,
    meaning: 'Not on disk as recorded; it is fetched again.',
  },
];

/** Of a code that a newer server made up, the look of a queued part. */
export const lookOf = (code: PartCode): PartLook => PART_LOOKS[code] ?? PART_LOOKS[0]!;

/** Codes of many parts as one: of the part that deserves most attention. */
export const worstOf = (
  codes: Uint8Array,
  { first, count }: { readonly first: number; readonly count: number },
): PartCode => {
  let worst = codes[first] ?? 0;
  const end = Math.min(codes.length, first + count);
  for (let index = first + 1; index < end; index += 1) {
    const code = codes[index]!;
    if (code !== worst && lookOf(code).rank > lookOf(worst).rank) worst = code;
  }
  return worst;
};
