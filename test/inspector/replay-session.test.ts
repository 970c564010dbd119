/** A recorded download is shown at any moment as it was seen then. */
import { describe, expect, onTestFinished, test } from 'vitest';
import type { PageMessage, ServerMessage } from '../../src/inspector/protocol.ts';
import {
  firstIndex,
  KEYFRAME_SPACING,
  type Recording,
  recorder,
} from '../../src/inspector/recording.ts';
import { replayCursor } from '../../src/inspector/replay-cursor.ts';
import { replaySession } from '../../src/inspector/replay-session.ts';
import type { Viewer } from '../../src/inspector/session.ts';
import { redactor } from '../../src/trace/redact.ts';
import { foldView } from '../../src/view/fold-view.ts';
import { handClock } from './hand-clock.ts';
import { HEADER, indexed, recordDownload } from './recorded-download.ts';

let known: Promise<Recording> | null = null;

/** The same for all tests: whichever comes first makes it. */
const recorded = (): Promise<Recording> => {
  known ??= recordDownload({ parts: 500, lanes: 8 }).then(indexed);
  return known;
};

/** A page that reads everything. */
const page = () => {
  const messages: Array<ServerMessage> = [];
  const last = <Type extends ServerMessage['type']>(type: Type) =>
    messages.findLast((message) => message.type === type) as
      | Extract<ServerMessage, { type: Type }>
      | undefined;
  const viewer: Viewer = {
    name: '1',
    isReady: () => true,
    send: (texts) => void messages.push(...texts.map((text) => JSON.parse(text))),
    end: () => {},
  };
  return { viewer, last };
};

/** A page that looks at the whole replay. */
const open = async () => {
  const recording = await recorded();
  const clock = handClock();
  const session = replaySession({ header: HEADER, recording, clock, redact: redactor() });
  onTestFinished(session.close);
  const { viewer, last } = page();
  const { ask, leave } = session.join(viewer);
  const tell = (message: PageMessage) => {
    const answer = ask(message);
    clock.advance(100);
    return answer;
  };
  clock.advance(100);
  return { recording, clock, last, tell, leave };
};

/** What a fold that took so many records knows. */
const seenAfter = ({ records }: Recording, count: number) => {
  const fold = foldView();
  for (const record of records.slice(0, count)) fold.take(record);
  return fold;
};

describe('a replay', () => {
  test('opens at the end, and says how long it was and what failed', async () => {
    const { recording, last } = await open();
    const [durationMs, errorsAtMs] = [recording.durationMs(), recording.errorsAtMs()];
    expect(last('hello')).toMatchObject({ mode: 'replay', durationMs, errorsAtMs });
    expect(last('view')?.view).toMatchObject({ word: 'renamed', isEnded: true, atMs: durationMs });
    expect(last('playback')).toMatchObject({ atMs: durationMs, speed: 0 });
    expect(errorsAtMs.length).toBeGreaterThan(0);
    expect(errorsAtMs.toSorted((a, b) => a - b)).toEqual(errorsAtMs);
  });

  test('can be looked at while it is still being read', async () => {
    const { records } = await recorded();
    const clock = handClock();
    const { take, recording } = recorder();
    const session = replaySession({ header: HEADER, recording, clock, redact: redactor() });
    onTestFinished(session.close);
    const { viewer, last } = page();
    const { ask } = session.join(viewer);
    const grow = (from: number, to: number): void => {
      for (const record of records.slice(from, to)) take(record);
      session.grew();
      clock.advance(100);
    };
    grow(0, 1_000);
    const seen = last('view')?.view.atMs;
    expect([seen, last('hello')?.durationMs]).toEqual([records[999]?.at, records[999]?.at]);
    ask({ type: 'seek', atMs: 1 });
    grow(1_000, records.length);
    expect(last('view')?.view.atMs).toBe(1);
    expect(last('hello')?.durationMs).toBe(records.at(-1)?.at);
  });

  test('takes no commands, and shows why', async () => {
    const { tell, last } = await open();
    expect(tell({ type: 'command', command: 'cancel' })).toMatchObject({ _tag: 'Refused' });
    expect(last('view')?.view.commands.resume).toEqual({
      isEnabled: false,
      reason: 'This is a recording.',
    });
  });

  test('shows any moment as it was', async () => {
    const { recording, tell, last } = await open();
    const { records } = recording;
    const durationMs = recording.durationMs();
    for (const share of [0.7, 0.2, 0.9, 0.9, 0.05, 1, 0, 2]) {
      const atMs = Math.min(durationMs, durationMs * share);
      tell({ type: 'seek', atMs: durationMs * share });
      const count = records.filter(({ at }) => at <= atMs).length;
      const { states, progress, lanes, retries } = seenAfter(recording, count).view();
      expect(last('view')?.view).toMatchObject({ atMs, states, progress, lanes, retries });
      expect(last('series')?.points.every((point) => point.atMs <= atMs)).toBe(true);
    }
  });

  test('steps from state to state of the download, on and back', async () => {
    const { recording, tell, last } = await open();
    tell({ type: 'seek', atMs: 0 });
    tell({ type: 'step', by: -1 });
    const forth: Array<string> = [];
    for (let count = 0; count < recording.steps.length; count++) {
      tell({ type: 'step', by: 1 });
      forth.push(String(last('view')?.view.states));
    }
    expect(forth[0]).toContain('download.planning');
    expect(forth.at(-1)).toBe('download.renamed');
    expect(forth.every((states, index) => states !== forth[index - 1])).toBe(true);
    const back: Array<string> = [];
    for (let count = 1; count < recording.steps.length; count++) {
      tell({ type: 'step', by: -1 });
      back.push(String(last('view')?.view.states));
    }
    expect(back).toEqual(forth.slice(0, -1).reverse());
  });

  test('plays as fast as asked, to the end and no farther', async () => {
    const { recording, clock, tell, last } = await open();
    tell({ type: 'seek', atMs: 0 });
    tell({ type: 'play', speed: 0.5 });
    clock.advance(100);
    expect(last('view')?.view.atMs).toBeCloseTo(100, 0);
    expect(last('playback')?.speed).toBe(0.5);
    tell({ type: 'play', speed: 0 });
    const stoodAt = last('view')?.view.atMs;
    clock.advance(10_000);
    expect(last('view')?.view.atMs).toBe(stoodAt);
    tell({ type: 'play', speed: 100_000 });
    clock.advance(1_000);
    expect(last('view')?.view).toMatchObject({ isEnded: true, atMs: recording.durationMs() });
    expect(last('playback')?.speed).toBe(0);
    expect(clock.timers()).toBe(0);
  });

  test('begins again when it is played at its end', async () => {
    const { tell, last } = await open();
    tell({ type: 'play', speed: 0.01 });
    expect(last('view')?.view.atMs).toBeLessThan(10);
  });

  test('stands still when nobody looks', async () => {
    const { clock, tell, leave } = await open();
    tell({ type: 'seek', atMs: 0 });
    tell({ type: 'play', speed: 0.001 });
    leave();
    clock.advance(1_000);
    expect(clock.timers()).toBe(0);
  });

  test('shows of the log what was until then, and finds words in it', async () => {
    const { recording, tell, last } = await open();
    const durationMs = recording.durationMs();
    tell({ type: 'seek', atMs: durationMs / 2 });
    const filter = { text: 'retrying', actors: [], hidesTicks: true };
    tell({ type: 'log', filter });
    const log = last('log');
    expect(log?.isWhole).toBe(true);
    expect(log?.entries.length).toBeGreaterThan(0);
    expect(log?.entries.every(({ text }) => text.includes('retrying'))).toBe(true);
    expect(log?.entries.every(({ record }) => record.at <= durationMs / 2)).toBe(true);
    tell({ type: 'seek', atMs: 0 });
    expect(last('log')).toMatchObject({ isWhole: true, entries: [] });
  });
});

describe('replayCursor', () => {
  test('knows at every place what a fold from the beginning knows', async () => {
    const recording = await recorded();
    const { goTo, fold } = replayCursor(recording);
    const { records, keyframes } = recording;
    expect(keyframes.length).toBeGreaterThan(1);
    const places = [0, 1, KEYFRAME_SPACING, KEYFRAME_SPACING - 1, records.length, 17, 2_500];
    for (const place of places) {
      goTo(place);
      const { parts, ...seen } = seenAfter(recording, place).view();
      const { parts: ours, ...view } = fold.view();
      expect([place, view]).toEqual([place, seen]);
      expect(Buffer.from(ours).equals(Buffer.from(parts))).toBe(true);
    }
  });
});

describe('firstIndex', () => {
  test('finds where something begins to hold', () => {
    for (const first of [0, 1, 6, 7]) expect(firstIndex(7, (index) => index >= first)).toBe(first);
    expect(firstIndex(0, () => true)).toBe(0);
  });
});
