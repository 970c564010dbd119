/**
 * The pages that look at a download, and what each of them is told: ten times a second at most, and
 * only what changed since it was told last. Nothing is worked out while nobody looks.
 */
import type { Redact } from '../trace/redact.ts';
import type { Moment } from './moment.ts';
import type { PageMessage } from './protocol.ts';
import { type Seat, type Standing, takeSeat } from './seat.ts';
import { type Answer, type Attendance, refused, type Viewer } from './session.ts';
import { setTimer, type TimerClock } from './timer.ts';

export interface AudienceOptions {
  readonly clock: TimerClock;
  readonly moment: Moment;
  readonly redact: Redact;
  readonly hello: () => Standing['hello'];
  /** Of a replay. */
  readonly playback?: () => Standing['playback'];
  /** What is asked of the download or of the replay itself. */
  readonly ask: (message: SharedMessage) => Answer;
}

/** What one page asks for all. */
export type SharedMessage = Extract<PageMessage, { type: 'command' | 'seek' | 'step' | 'play' }>;

export interface Audience {
  readonly join: (viewer: Viewer) => Attendance;
  /** There is something new. Costs nothing while nobody looks. */
  readonly changed: () => void;
  /** There is something altogether different: another moment. */
  readonly jumped: () => void;
  readonly isEmpty: () => boolean;
  /** Tells what is still to be told, and ends all streams. */
  readonly close: () => void;
}

/** Milliseconds between two messages of a kind to one page. */
export const TELLING_INTERVAL_MS = 100;

export const createAudience = (options: AudienceOptions): Audience => {
  const { clock, moment, redact } = options;
  const seats = new Set<Seat>();
  let timer: unknown = null;
  let toldAtMs = Number.NEGATIVE_INFINITY;

  const plan = (): void => {
    if (timer !== null || seats.size === 0) return;
    const delayMs = Math.max(0, toldAtMs + TELLING_INTERVAL_MS - clock.now());
    timer = setTimer(clock, tell, delayMs);
  };
  const tell = (): void => {
    timer = null;
    toldAtMs = clock.now();
    const standing = { hello: options.hello(), playback: options.playback?.() ?? null };
    for (const seat of seats) contained(seat, () => seat.tell(moment, standing));
  };
  /** A bug costs a page its stream. It must not end the download, which runs in this process. */
  const contained = (seat: Seat, run: () => void): void => {
    try {
      run();
    } catch {
      seats.delete(seat);
      seat.end();
    }
  };
  const changed = (): void => {
    if (seats.size === 0) return;
    for (const seat of seats) seat.note();
    plan();
  };
  const wake = (seat: Seat): void => {
    seat.note();
    plan();
  };
  return {
    join: (viewer) => {
      const seat = takeSeat(viewer, redact);
      seats.add(seat);
      seat.greet(options.hello());
      wake(seat);
      return {
        ask: (message) => {
          const answer = isShared(message) ? options.ask(message) : seat.wish(message);
          plan();
          return answer._tag === 'Done' ? answer : refused(String(redact(answer.reason)));
        },
        wake: () => wake(seat),
        leave: () => void seats.delete(seat),
      };
    },
    changed,
    jumped: () => {
      for (const seat of seats) seat.forget();
      changed();
    },
    isEmpty: () => seats.size === 0,
    close: () => {
      tell(); // The last of it, such as how the download ended.
      for (const seat of seats) seat.end();
      seats.clear();
      clock.clearTimeout(timer);
      timer = null;
    },
  };
};

const isShared = (message: PageMessage): message is SharedMessage =>
  message.type === 'command' ||
  message.type === 'seek' ||
  message.type === 'step' ||
  message.type === 'play';
