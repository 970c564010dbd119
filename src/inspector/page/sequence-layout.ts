/** A sequence diagram as data: lifelines of actors, and what passes between them. Pure. */
import type { ActorName } from '../../trace/trace-record.ts';
import type { LogEntry } from '../protocol.ts';
import { actorsOf, isTrouble, whatOf } from './log-words.ts';

export interface Sequence {
  readonly actors: ReadonlyArray<ActorName>;
  readonly rows: ReadonlyArray<SequenceRow>;
  /** Actors that had no room. */
  readonly leftOut: number;
}

/** One record. Columns are indices of `actors`. */
export interface SequenceRow {
  readonly entry: LogEntry;
  readonly to: number;
  /** Null: from outside, from the actor itself, or from one that had no room. */
  readonly from: number | null;
  readonly kind: 'message' | 'step' | 'started' | 'ended';
  readonly label: string;
  readonly isTrouble: boolean;
}

export const ROWS_MAX = 60;

/**
 * The latest records between at most `actorsMax` actors.
 *
 * The download comes first, and then who spoke last: in a download of 10 000 parts those that are
 * long done have nothing to say.
 */
export const layOutSequence = (entries: ReadonlyArray<LogEntry>, actorsMax: number): Sequence => {
  const latest = entries.slice(-ROWS_MAX);
  const byLast = new Set([...latest].reverse().flatMap(({ record }) => actorsOf(record)));
  const known = ['download', ...byLast].filter((name, index, all) => all.indexOf(name) === index);
  const present = known.filter((name) => byLast.has(name));
  const actors = [...present.slice(0, actorsMax)].sort(byKind);
  const rows = latest.flatMap((entry) => {
    const row = toRow(entry, actors);
    return row === null ? [] : [row];
  });
  return { actors, rows, leftOut: present.length - actors.length };
};

const toRow = (entry: LogEntry, actors: ReadonlyArray<ActorName>): SequenceRow | null => {
  const { record } = entry;
  const to = actors.indexOf(record.type === 'event' ? record.to : record.actor);
  if (to < 0) return null;
  const from = record.type === 'event' ? actors.indexOf(record.from ?? '') : -1;
  return {
    entry,
    to,
    from: from < 0 ? null : from,
    kind: record.type === 'event' ? 'message' : record.type,
    label: record.type === 'step' ? stepWords(record) : whatOf(record),
    isTrouble: isTrouble(record),
  };
};

/** The download, then parts by number, then effects. */
const byKind = (left: ActorName, right: ActorName): number =>
  rankOf(left) - rankOf(right) || left.localeCompare(right, 'en', { numeric: true });

const rankOf = (name: ActorName): number =>
  name === 'download' ? 0 : name.startsWith('part-') ? 1 : 2;

/** Where it led; of regions, of which most stayed as they were, what was taken. */
const stepWords = ({ states, took }: Extract<LogEntry['record'], { type: 'step' }>): string => {
  const [first = '', ...others] = states;
  if (others.length === 0) return lastWord(first);
  return (took[0] ?? '').replace(/^.*: /, '').replace(/ \d+$/, '');
};

const lastWord = (id: string): string => id.slice(id.lastIndexOf('.') + 1);
