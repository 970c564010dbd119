/** What is known of one part, in words: for the tooltip, the keyboard cursor and the strip. */
import type { LaneView } from '../../view/download-view.ts';
import { formatCount, formatRate, formatSeconds } from './format.ts';
import type { Model } from './model.ts';
import { lookOf } from './part-states.ts';

/** The first byte of a part and the one behind its last; null before there is a plan. */
export const rangeOf = (
  { view }: Model,
  part: number,
): { readonly start: number; readonly end: number } | null => {
  if (view === null || view.plan === null) return null;
  const { partSize, size } = view.plan;
  const start = (part - 1) * partSize;
  return { start, end: Math.min(start + partSize, size ?? Number.POSITIVE_INFINITY) };
};

/** `bytes 0–1 048 575`: first and last byte, as a request would name them. */
export const rangeWords = (model: Model, part: number): string => {
  const range = rangeOf(model, part);
  if (range === null || range.end <= range.start) return '';
  const last = Number.isFinite(range.end) ? formatCount(range.end - 1) : '';
  return `bytes ${formatCount(range.start)}–${last}`;
};

/** The state, with attempt, cause and wait where there are such. */
export const stateWords = (model: Model, part: number, nowMs: number): string => {
  const lane = model.view?.lanes.find((other) => other.part === part);
  const word = lookOf(model.table.codes[part - 1] ?? 0).word;
  if (lane === undefined) return word;
  const attempt = lane.attempt > 0 ? `, ${lane.attempt} failed in a row` : '';
  return `${word}${attempt}${causeWords(lane)}${untilWords(model, lane, nowMs)}${paceWords(lane)}`;
};

/**
 * Seconds until a lane goes on; null: nobody knows, or it is due.
 *
 * @param nowMs  Now on the clock of the frames. A replay that stands still does not count down.
 */
export const secondsUntil = (model: Model, lane: LaneView, nowMs: number): number | null => {
  const { view, viewCameMs, playback, hello } = model;
  if (view === null || lane.untilMs === null) return null;
  const speed = hello?.mode === 'replay' ? (playback?.speed ?? 0) : view.isEnded ? 0 : 1;
  const sinceMs = model.connection === 'lost' ? 0 : Math.max(0, nowMs - viewCameMs) * speed;
  const leftMs = lane.untilMs - view.atMs - sinceMs;
  return leftMs > 0 ? leftMs / 1000 : null;
};

const causeWords = ({ cause }: LaneView): string => (cause === '' ? '' : `, because of ${cause}`);

const untilWords = (model: Model, lane: LaneView, nowMs: number): string => {
  const seconds = secondsUntil(model, lane, nowMs);
  return seconds === null ? '' : `, again in ${formatSeconds(Math.ceil(seconds * 10) / 10)}`;
};

const paceWords = ({ bytesPerSecond }: LaneView): string =>
  bytesPerSecond > 0 ? `, ${formatRate(bytesPerSecond)}` : '';
