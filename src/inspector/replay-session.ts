/**
 * A recorded download, as its pages see it: all of them see the same moment, which any of them can
 * choose, as with one film in one room.
 */
import type { Redact } from '../trace/redact.ts';
import type { TraceHeader } from '../trace/trace-record.ts';
import type { DownloadView } from '../view/download-view.ts';
import type { SeriesPoint } from '../view/series.ts';
import { createAudience, type SharedMessage, TELLING_INTERVAL_MS } from './audience.ts';
import { countUntil, firstIndex, type Recording } from './recording.ts';
import { replayCursor } from './replay-cursor.ts';
import { type Answer, DONE, refused, type Session } from './session.ts';
import { setTimer, type TimerClock } from './timer.ts';

export interface ReplaySessionOptions {
  readonly header: TraceHeader;
  readonly recording: Recording;
  readonly clock: TimerClock;
  readonly redact: Redact;
}

export interface ReplaySession extends Session {
  /** The recording has grown: what was read so far can be looked at. */
  readonly grew: () => void;
}

/**
 * Stands at the end until somebody goes elsewhere, and stays there while the recording grows: how
 * it ended is what is asked first.
 */
export const replaySession = (options: ReplaySessionOptions): ReplaySession => {
  const { header, recording, clock, redact } = options;
  const { records, steps, series, durationMs } = recording;
  const cursor = replayCursor(recording);
  let isAtEnd = true;
  let atMs = 0;
  let speed = 0;
  let timer: unknown = null;

  const stop = (): void => {
    clock.clearTimeout(timer);
    timer = null;
    speed = 0;
  };
  const show = (index: number, moment: number): void => {
    stop();
    isAtEnd = false;
    cursor.goTo(index);
    atMs = moment;
    audience.jumped();
  };
  const seek = (wantedMs: number): void => {
    const moment = Math.min(wantedMs, durationMs());
    show(countUntil(records, moment), moment);
  };
  const step = (by: 1 | -1): void => {
    const next = firstIndex(steps.length, (index) => steps[index]! > cursor.index());
    const isOn = steps[next - 1] === cursor.index();
    const wanted = by === 1 ? (steps[next] ?? records.length) : (steps[next - (isOn ? 2 : 1)] ?? 0);
    show(wanted, records[wanted - 1]?.at ?? 0);
  };
  const play = (wanted: number): void => {
    stop();
    if (wanted > 0 && atMs >= durationMs()) seek(0);
    isAtEnd = false;
    speed = wanted;
    audience.changed();
    if (speed > 0) runFrom(clock.now());
  };
  const runFrom = (sinceMs: number): void => {
    timer = setTimer(clock, () => advance(clock.now() - sinceMs), TELLING_INTERVAL_MS);
  };
  const advance = (elapsedMs: number): void => {
    const now = clock.now();
    atMs = Math.min(durationMs(), atMs + elapsedMs * speed);
    cursor.goTo(countUntil(records, atMs));
    audience.changed();
    if (atMs >= durationMs() || audience.isEmpty()) stop();
    else runFrom(now);
  };
  const ask = (message: SharedMessage): Answer => {
    switch (message.type) {
      case 'command':
        return refused(NO_COMMANDS.reason);
      case 'seek':
        seek(message.atMs);
        return DONE;
      case 'step':
        step(message.by);
        return DONE;
      case 'play':
        play(message.speed);
        return DONE;
    }
  };
  const { fold } = cursor;
  const audience = createAudience({
    clock,
    redact,
    ask,
    moment: {
      view: (): DownloadView => ({ ...fold.view(), atMs, commands: COMMANDS }),
      partsSince: fold.changesSince,
      series: () => pointsUntil(series(), atMs),
      records: () => ({
        first: 1,
        last: cursor.index(),
        at: (number) => records[number - 1]!,
      }),
      part: fold.part,
      context: fold.context,
    },
    hello: () => ({
      mode: 'replay',
      startedAtMs: header.startedAtMs,
      durationMs: durationMs(),
      errorsAtMs: recording.errorsAtMs(),
    }),
    playback: () => ({ atMs, speed }),
  });
  const goToEnd = (): void => {
    if (!isAtEnd) return;
    cursor.goTo(records.length);
    atMs = durationMs();
  };
  return {
    join: (viewer) => {
      goToEnd();
      return audience.join(viewer);
    },
    grew: () => {
      if (audience.isEmpty()) return;
      goToEnd();
      audience.changed();
    },
    close: () => {
      stop();
      audience.close();
    },
  };
};

const pointsUntil = (points: ReadonlyArray<SeriesPoint>, atMs: number) =>
  points.slice(
    0,
    firstIndex(points.length, (index) => points[index]!.atMs > atMs),
  );

const NO_COMMANDS = { isEnabled: false, reason: 'This is a recording.' };
const COMMANDS = { pause: NO_COMMANDS, resume: NO_COMMANDS, cancel: NO_COMMANDS };
