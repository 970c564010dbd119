/**
 * A download that runs, as its pages see it. While nobody looks nothing is recorded: the first page
 * is told how things stand, and everything from then on. What was before is in a trace, if one is
 * written.
 */
import type { Redact } from '../trace/redact.ts';
import type { TraceRecord } from '../trace/trace-record.ts';
import type { Tracer } from '../trace/tracer.ts';
import { foldView } from '../view/fold-view.ts';
import { viewSeries } from '../view/series.ts';
import { createAudience, type SharedMessage } from './audience.ts';
import { recordRing } from './record-ring.ts';
import { type Answer, DONE, refused, type Session } from './session.ts';
import type { TimerClock } from './timer.ts';

export interface LiveSessionOptions {
  readonly tracer: Tracer;
  readonly clock: TimerClock;
  readonly redact: Redact;
}

/** Records that a page can still read when it asks for the log: about a megabyte. */
export const RECORDS_KEPT = 5_000;

/** Listens while somebody looks. */
export const liveSession = ({ tracer, clock, redact }: LiveSessionOptions): Session => {
  const fold = foldView();
  const series = viewSeries(fold);
  const ring = recordRing(RECORDS_KEPT);

  const ask = (message: SharedMessage): Answer => {
    if (message.type !== 'command') return refused('This download runs: it cannot be wound.');
    const { isEnabled, reason } = fold.view().commands[message.command];
    const actor = tracer.actor();
    if (!isEnabled || actor === null) return refused(reason);
    actor.send(message.command === 'cancel' ? CANCEL : { type: message.command });
    return DONE;
  };
  const audience = createAudience({
    clock,
    redact,
    ask,
    moment: {
      view: fold.view,
      partsSince: fold.changesSince,
      series: series.points,
      records: ring.window,
      part: fold.part,
      context: fold.context,
    },
    hello: () => ({
      mode: 'live',
      startedAtMs: tracer.header.startedAtMs,
      durationMs: null,
      errorsAtMs: [],
    }),
  });
  let defect: { readonly thrown: unknown } | null = null;
  let stop: (() => void) | null = null;
  const stopListening = (): void => {
    stop?.();
    stop = null;
  };
  const close = (): void => {
    stopListening();
    audience.close();
  };
  /** Called within the download's own steps: a bug here ends the inspection, not the download. */
  const take = (record: TraceRecord): void => {
    if (defect !== null) return;
    try {
      fold.take(record);
      series.take(record);
      ring.push(record);
      audience.changed();
    } catch (thrown) {
      defect = { thrown };
      close();
    }
  };
  return {
    join: (viewer) => {
      stop ??= tracer.subscribe(take);
      if (defect !== null) throw defect.thrown;
      const attendance = audience.join(viewer);
      return {
        ...attendance,
        leave: () => {
          attendance.leave();
          if (audience.isEmpty()) stopListening();
        },
      };
    },
    close,
  };
};

/** As Ctrl-C does: a click must not throw away what has arrived. */
const CANCEL = { type: 'cancel', keep: true } as const;
