/** Records in words: who, to whom, what. */
import type { ActorName, TraceRecord } from '../../trace/trace-record.ts';

/** Everybody who takes part in a record, the one it happened to last. */
export const actorsOf = (record: TraceRecord): ReadonlyArray<ActorName> => {
  if (record.type !== 'event') return [record.actor];
  return record.from === null ? [record.to] : [record.from, record.to];
};

/** `part-17 → download`. */
export const whoOf = (record: TraceRecord): string => actorsOf(record).join(' → ');

/** The name of what happened: an event's type, `step`, `started`, `stopped`. */
export const whatOf = (record: TraceRecord): string => {
  switch (record.type) {
    case 'event':
      return record.event.type;
    case 'ended':
      return record.how;
    default:
      return record.type;
  }
};

/** Did something go wrong? Such rows have a colour, and words that say so themselves. */
export const isTrouble = (record: TraceRecord): boolean => {
  if (record.type === 'ended') return record.how === 'threw';
  if (record.type !== 'event') return false;
  return 'error' in record.event || record.event.type === 'part.damaged';
};
