/** Moments that few downloads have: crashes, late lookers, failed checkpoints, second runs. */
import { describe, expect, test } from 'vitest';
import { bytes } from '../../src/domain/bytes.ts';
import type { DownloadError } from '../../src/domain/errors.ts';
import { allParts } from '../../src/domain/part-runs.ts';
import { startProgress } from '../../src/domain/progress.ts';
import { type DownloadContext, startContext } from '../../src/machines/download-context.ts';
import type { TracedEvent, TraceRecord } from '../../src/trace/trace-record.ts';
import { PART_STATES } from '../../src/view/download-view.ts';
import type { ViewFold } from '../../src/view/fold-view.ts';
import { scriptedInput } from '../trace/scripted-download.ts';
import { SCENARIOS } from './scenarios.ts';
import { foldOf } from './traced-run.ts';

const RESET: DownloadError = { _tag: 'NetworkFailed', code: 'ECONNRESET', message: 'reset' };

const started = (actor: string): TraceRecord => ({ type: 'started', at: 0, actor });

const ended = (actor: string, how: 'done' | 'stopped' | 'threw'): TraceRecord => ({
  type: 'ended',
  at: 0,
  actor,
  how,
});

const step = (
  actor: string,
  states: ReadonlyArray<string>,
  changed: Partial<DownloadContext> = {},
  took: ReadonlyArray<string> = [],
): TraceRecord => ({ type: 'step', at: 0, actor, took, states, changed });

const hear = (event: TracedEvent, at = 0): TraceRecord => ({
  type: 'event',
  at,
  to: 'download',
  from: null,
  event,
});

const downloading = (durability: string): ReadonlyArray<string> =>
  ['transfer', 'verification.verified', `durability.${durability}`, 'access.granted'].map(
    (it) => `download.downloadingParts.${it}`,
  );

const CHECKPOINTING = 'download.downloadingParts.durability.checkpointing';

/** A download of five parts whose first two are in flight. */
const begun = (changed: Partial<DownloadContext> = {}): ReadonlyArray<TraceRecord> => [
  started('download'),
  step('download', ['download.planning.surveying'], startContext(scriptedInput())),
  step('download', downloading('idle'), {
    plan: {
      strategy: 'parts',
      size: bytes(500),
      partSize: bytes(100),
      partCount: bytes(5),
      acceptsRanges: true,
    },
    workspace: 1,
    verdict: { _tag: 'Fresh' },
    pending: [{ start: 3, end: 6 }],
    active: [1, 2],
    isVerified: true,
    progress: startProgress(bytes(500), bytes(0), 0),
    ...changed,
  }),
  ...[1, 2].flatMap((part) => [
    started(`part-${part}`),
    step(`part-${part}`, ['part.fetching.flowing']),
  ]),
];

const fetched = (part: number): ReadonlyArray<TraceRecord> => [
  step(`part-${part}`, ['part.fetched']),
  ended(`part-${part}`, 'done'),
  hear({ type: 'part.fetched', part, generation: 0 }),
];

const statesOf = (fold: ViewFold): ReadonlyArray<string> =>
  [...fold.view().parts].map((code) => PART_STATES[code]!);

const seen = (...records: ReadonlyArray<TraceRecord>): ViewFold => foldOf(records);

describe('a checkpoint', () => {
  const over = (how: string) => step('download', downloading('idle'), {}, [how]);
  const begins = step('download', downloading('checkpointing'));
  const done = over(`${CHECKPOINTING}: saveCheckpoint done 0`);

  test('makes durable what was written before it began, and not what came meanwhile', () => {
    const fold = seen(...begun(), ...fetched(1), begins, ...fetched(2), done);
    expect(statesOf(fold).slice(0, 2)).toEqual(['durable', 'written']);
  });

  test('that is left without an end leaves its parts to the next one', () => {
    const resting = step('download', ['download.settling.resting']);
    const again = step('download', ['download.settling.checkpointing']);
    const fold = seen(...begun(), ...fetched(1), begins, resting);
    expect(statesOf(fold)[0]).toBe('written');
    fold.take(again);
    fold.take(
      step('download', ['download.paused'], {}, [
        'download.settling.checkpointing: saveCheckpoint done 0',
      ]),
    );
    expect(statesOf(fold)[0]).toBe('durable');
  });
});

describe('a process that ends', () => {
  test('leaves no part in flight, and says so', () => {
    const { word, because, isEnded, lanes, commands } = seen(
      ...begun(),
      ended('download', 'stopped'),
    ).view();
    expect({ word, isEnded, lanes }).toEqual({ word: 'downloading', isEnded: true, lanes: [] });
    expect(because).toBe('Its process ended without a goodbye.');
    expect(commands.pause).toEqual({ isEnabled: false, reason: 'It has ended.' });
  });

  test('has its parts queued again, but for those that were written', () => {
    const fold = seen(...begun(), ...fetched(1), ended('download', 'threw'));
    expect(statesOf(fold)).toEqual(['written', 'queued', 'queued', 'queued', 'queued']);
    expect(fold.view().because).toContain('defect');
  });

  test('is forgotten when another begins in the same trace', async () => {
    const first = (await SCENARIOS['a refusal ends it']!({})).records;
    const second = (await SCENARIOS['half of it was there']!({})).records;
    const both = foldOf([...first, ...second]);
    const { taken: _, ...view } = both.view();
    const { taken: __, ...alone } = foldOf(second).view();
    expect(view).toEqual(alone);
  });
});

describe('a part', () => {
  test('that waits is told with cause, tries and how long', () => {
    const fold = seen(
      ...begun(),
      step('part-2', ['part.backingOff']),
      hear({ type: 'part.retrying', part: 2, attempt: 2, error: RESET, delayMs: 500 }, 40),
    );
    const { because, lanes, retries } = fold.view();
    expect(because).toBe('Part 2 waits 0.5 s after ECONNRESET (2 tries).');
    expect(lanes[1]).toMatchObject({ state: 'backingOff', attempt: 2, error: RESET, untilMs: 540 });
    expect(retries).toBe(1);
    expect(fold.part(2)).toMatchObject({ state: 'backingOff', range: { start: 100, end: 200 } });
    expect(fold.part(2)?.text).toBe('Part 2 waits 0.5 s after ECONNRESET (2 tries failed).');
    fold.take(step('part-2', ['part.fetching.requesting']));
    expect(fold.view().lanes[1]).toMatchObject({ attempt: 2, error: null, untilMs: null });
    fold.take(step('part-2', ['part.fetching.flowing']));
    expect(fold.view().lanes[1]).toMatchObject({ attempt: 0 });
  });

  test('that is not there has nothing to tell', () => {
    const fold = seen(...begun());
    expect(fold.part(6)).toBeNull();
    expect(fold.part(5)).toMatchObject({ states: [], text: 'Part 5 has to be fetched.' });
  });
});

describe('parts of a former run', () => {
  const half = begun({
    active: [3, 4],
    pending: [{ start: 5, end: 6 }],
    prefixed: allParts(3),
    isVerified: false,
  }).slice(0, 3);

  test('are verifying until all have been read back', () => {
    const fold = seen(...half);
    expect(statesOf(fold)).toEqual(['verifying', 'verifying', 'queued', 'queued', 'queued']);
    fold.take(step('download', downloading('idle'), { isVerified: true }));
    expect(statesOf(fold).slice(0, 3)).toEqual(['durable', 'durable', 'queued']);
  });

  test('are as recorded before one that is not, since they are read in order', () => {
    const fold = seen(...half, hear({ type: 'part.damaged', part: 2 }));
    expect(statesOf(fold).slice(0, 2)).toEqual(['durable', 'damaged']);
  });
});

describe('a view', () => {
  test('before the first record has no words and no commands', () => {
    const { word, because, commands, parts, progress } = foldOf([]).view();
    expect({ word, because, progress, parts: parts.length }).toEqual({
      word: '',
      because: '',
      progress: null,
      parts: 0,
    });
    expect(commands.pause).toEqual({ isEnabled: false, reason: 'Nothing is under way yet.' });
  });

  test('that begins late knows what is written, and what the next checkpoint makes durable', () => {
    const progress = { ...startProgress(bytes(500), bytes(0), 0), written: bytes(300) };
    const [context] = begun()
      .filter((record) => record.type === 'step')
      .slice(0, 1);
    const late = { ...startContext(scriptedInput()), ...(context as { changed: object }).changed };
    const opened = (begun()[2] as { changed: Partial<DownloadContext> }).changed;
    const fold = seen(
      started('download'),
      step('download', downloading('idle'), {
        ...late,
        ...opened,
        active: [4],
        pending: [{ start: 5, end: 6 }],
        progress,
      }),
      started('part-4'),
      step('part-4', ['part.fetching.flowing']),
    );
    expect(statesOf(fold)).toEqual(['written', 'written', 'written', 'flowing', 'queued']);
    fold.take(step('download', downloading('checkpointing')));
    fold.take(
      step('download', downloading('idle'), {}, [`${CHECKPOINTING}: saveCheckpoint done 0`]),
    );
    expect(statesOf(fold).slice(0, 4)).toEqual(['durable', 'durable', 'durable', 'flowing']);
  });

  test('says why it stands still, in every state that real downloads reach', async () => {
    const told = new Map<string, Set<string>>();
    const names = [
      'a pause half way',
      'a full disk',
      'access that runs out',
      'half of it was there',
    ];
    for (const name of [...names, 'a wrong byte on disk', 'a cancel that keeps nothing']) {
      await SCENARIOS[name]!({
        look: (fold) => {
          const { word, because } = fold.view();
          told.set(word, (told.get(word) ?? new Set()).add(because.replace(/\d+/g, 'N')));
        },
      });
    }
    const all = [...told.values()].flatMap((sentences) => [...sentences]);
    expect(told.get('paused')).toEqual(
      new Set([
        'Paused on request, with everything kept.',
        'The disk is full, N.N kB are missing; what is there is kept.',
      ]),
    );
    expect(all.some((it) => it.startsWith('Waits for fresh credentials: '))).toBe(true);
    expect(all.some((it) => it.startsWith('Reads back N parts that a former run wrote'))).toBe(
      true,
    );
    expect(told.get('cancelled')).toEqual(new Set(['Ended on request; nothing of it is left.']));
    expect(told.get('repairing')?.size).toBe(2);
    for (const sentence of all) expect(sentence).toMatch(/^$|^[A-Z0-9].*\.$/);
  });
});
