/** What the page asks, from the text of a POST: nothing of it is believed before it was looked at. */
import type { LogFilter, PageMessage } from './protocol.ts';

/** Null: it is no message, or says what cannot be. */
export const decodePageMessage = (text: string): PageMessage | null => {
  const message = parse(text);
  if (!isRecord(message)) return null;
  const { type, command, part, isWatched, atMs, by, speed } = message;
  switch (type) {
    case 'command':
      return command === 'pause' || command === 'resume' || command === 'cancel'
        ? { type, command }
        : null;
    case 'log': {
      const filter = message['filter'] === null ? null : decodeFilter(message['filter']);
      return filter === undefined ? null : { type, filter };
    }
    case 'part':
      return part === null || isPart(part) ? { type, part } : null;
    case 'context':
      return typeof isWatched === 'boolean' ? { type, isWatched } : null;
    case 'seek':
      return isWithin(atMs, 0, Number.MAX_SAFE_INTEGER) ? { type, atMs } : null;
    case 'step':
      return by === 1 || by === -1 ? { type, by } : null;
    case 'play':
      return isWithin(speed, 0, SPEED_MAX) ? { type, speed } : null;
    default:
      return null;
  }
};

const PARTS_MAX = 100_000;
const SPEED_MAX = 100_000;
const ACTORS_MAX = 100;

/** Undefined: it is none. */
const decodeFilter = (value: unknown): LogFilter | undefined => {
  if (!isRecord(value)) return undefined;
  const { text, actors, hidesTicks } = value;
  const isFilter =
    typeof text === 'string' &&
    Array.isArray(actors) &&
    actors.length <= ACTORS_MAX &&
    actors.every((actor): actor is string => typeof actor === 'string') &&
    typeof hidesTicks === 'boolean';
  return isFilter ? { text, actors, hidesTicks } : undefined;
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};

type Message = Readonly<
  Record<'type' | 'command' | 'part' | 'isWatched' | 'atMs' | 'by' | 'speed', unknown> &
    Record<string, unknown>
>;

const isRecord = (value: unknown): value is Message =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isPart = (value: unknown): value is number =>
  isWithin(value, 1, PARTS_MAX) && Number.isInteger(value);

/** Comparisons with what is no number are false. */
const isWithin = (value: unknown, least: number, most: number): value is number =>
  typeof value === 'number' && value >= least && value <= most;
