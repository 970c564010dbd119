/** One page of the audience: what it wants to know, and what it knows already. */
import type { Json, Redact } from '../trace/redact.ts';
import type { DownloadView } from '../view/download-view.ts';
import type { SeriesPoint } from '../view/series.ts';
import { type LogReader, logReader } from './log-reader.ts';
import type { Moment } from './moment.ts';
import type { Hello, PageMessage, PlaybackMessage, ServerMessage } from './protocol.ts';
import { type Answer, DONE, type Viewer } from './session.ts';

/** What a page asks for itself alone. */
export type OwnMessage = Extract<PageMessage, { type: 'log' | 'part' | 'context' }>;

export interface Seat {
  /** There is something to tell. */
  readonly note: () => void;
  /** What the page knows is void: it gets everything anew. */
  readonly forget: () => void;
  readonly wish: (message: OwnMessage) => Answer;
  /** Sends what is new, if the page has read what it was sent before. */
  readonly tell: (moment: Moment, standing: Standing) => void;
  /** Says what there is to see, before anything of it. */
  readonly greet: (hello: Standing['hello']) => void;
  readonly end: () => void;
}

/** What is the same for all pages, and seldom changes. */
export interface Standing {
  readonly hello: Omit<Hello, 'type' | 'viewer'>;
  /** Null: it is no replay. */
  readonly playback: Omit<PlaybackMessage, 'type'> | null;
}

/** @param redact What everything comes through that others have put into records. */
export const takeSeat = (viewer: Viewer, redact: Redact): Seat => {
  let hasNews = false;
  let partsVersion = 0;
  /** Null: the page was told of no point, not even that there is none. */
  let seriesToldToMs: number | null = null;
  let log: LogReader | null = null;
  let part: number | null = null;
  let isContextWatched = false;
  /** Sent only when they are not what they were. */
  const latest = new Map<Occasional['type'], string>();

  const viewOf = (moment: Moment): string => {
    const { parts: _, ...view }: DownloadView = moment.view();
    const { version, isWhole, triples } = moment.partsSince(partsVersion);
    partsVersion = version;
    return toText({ type: 'view', view: redact(view), parts: triples, isWhole });
  };
  const seriesOf = (moment: Moment): ReadonlyArray<string> => {
    const isWhole = seriesToldToMs === null;
    const knownToMs = seriesToldToMs ?? Number.NEGATIVE_INFINITY;
    const points = pointsAfter(moment.series(), knownToMs);
    seriesToldToMs = points.at(-1)?.atMs ?? knownToMs;
    return isWhole || points.length > 0 ? [toText({ type: 'series', isWhole, points })] : [];
  };
  const logOf = (moment: Moment): ReadonlyArray<string> => {
    const message = log?.next(moment.records()) ?? null;
    return message === null ? [] : [toText(message)];
  };
  const ifNew = (message: Outgoing<Occasional>): ReadonlyArray<string> => {
    const text = toText(message);
    if (latest.get(message.type) === text) return [];
    latest.set(message.type, text);
    return [text];
  };
  const helloOf = (hello: Standing['hello']): ReadonlyArray<string> =>
    ifNew({ type: 'hello', viewer: viewer.name, ...hello });
  const partOf = (moment: Moment): ReadonlyArray<string> => {
    const detail = part === null ? null : moment.part(part);
    if (detail === null) return [];
    const { state: _, ...rest } = detail;
    return ifNew({ type: 'part', ...rest, text: redact(rest.text) });
  };
  const contextOf = (moment: Moment): ReadonlyArray<string> =>
    isContextWatched ? ifNew({ type: 'context', context: redact(moment.context()) }) : [];

  return {
    end: viewer.end,
    note: () => {
      hasNews = true;
    },
    forget: () => {
      partsVersion = 0;
      seriesToldToMs = null;
      log?.rewind();
    },
    wish: (message) => {
      hasNews = true;
      switch (message.type) {
        case 'log':
          log = message.filter === null ? null : logReader(message.filter, redact);
          return DONE;
        case 'part':
          part = message.part;
          latest.delete('part');
          return DONE;
        case 'context':
          isContextWatched = message.isWatched;
          latest.delete('context');
          return DONE;
      }
    },
    greet: (hello) => viewer.send(helloOf(hello)),
    tell: (moment, { hello, playback }) => {
      if (!hasNews || !viewer.isReady()) return;
      hasNews = false;
      viewer.send([
        ...helloOf(hello),
        ...(playback === null ? [] : ifNew({ type: 'playback', ...playback })),
        viewOf(moment),
        ...seriesOf(moment),
        ...partOf(moment),
        ...contextOf(moment),
        ...logOf(moment),
      ]);
    },
  };
};

/** A message with some of its fields redacted: JSON of the same form, which no type can know. */
type Outgoing<Message extends ServerMessage> = Message extends ServerMessage
  ? {
      readonly [Field in keyof Message]: Field extends 'type'
        ? Message[Field]
        : Message[Field] | Json;
    }
  : never;

type Occasional = Extract<ServerMessage, { type: 'hello' | 'part' | 'context' | 'playback' }>;

const toText = (message: Outgoing<ServerMessage>): string => JSON.stringify(message);

const pointsAfter = (
  points: ReadonlyArray<SeriesPoint>,
  atMs: number,
): ReadonlyArray<SeriesPoint> => {
  let first = points.length;
  while (first > 0 && points[first - 1]!.atMs > atMs) first -= 1;
  return points.slice(first);
};
