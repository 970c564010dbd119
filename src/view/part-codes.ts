/** The states of parts as numbers: see `PART_STATES`. */
import type { PartStateId } from './chart-states.ts';
import { PART_STATES, type PartCode, type PartState } from './download-view.ts';

/** The code of each state: `CODE.flowing`. */
export const CODE = Object.fromEntries(PART_STATES.map((state, code) => [state, code])) as Readonly<
  Record<PartState, PartCode>
>;

/** The state of a code; a code that is none is a bug. */
export const stateOfCode = (code: PartCode): PartState => {
  const state = PART_STATES[code];
  if (state === undefined) throw new RangeError(`${code} is no code of a part's state`);
  return state;
};

/** What a part does in an innermost state of `part-machine.ts`, by the id of the state. */
const CODE_OF_STATE: ReadonlyMap<string, PartCode> = new Map<PartStateId, PartCode>([
  ['part.starting', CODE.requesting],
  ['part.verifying', CODE.verifying],
  ['part.fetching.requesting', CODE.requesting],
  ['part.fetching.flowing', CODE.flowing],
  ['part.judging', CODE.requesting],
  ['part.backingOff', CODE.backingOff],
  ['part.awaitingAccess', CODE.awaitingAccess],
  ['part.fetched', CODE.written],
  ['part.suspended', CODE.queued],
  ['part.failed', CODE.queued],
]);

/** The code of a part whose chart is in this state; null: it has no such state. */
export const codeOfState = (id: string | undefined): PartCode | null =>
  (id === undefined ? undefined : CODE_OF_STATE.get(id)) ?? null;

/** Does a part in this state hold a lane? */
export const isInFlight = (code: PartCode): boolean =>
  code >= CODE.requesting && code < CODE.written;
