/** Moments that few downloads have: crashes, damaged parts, waits, second runs. */
import assert from 'node:assert/strict';
import { describe, expect, test } from 'vitest';
import { bytes } from '../../src/domain/bytes.ts';
import type { DownloadError } from '../../src/domain/errors.ts';
import { allParts } from '../../src/domain/part-runs.ts';
import { startProgress } from '../../src/domain/progress.ts';
import { chartOf } from '../../src/machines/chart.ts';
import { type DownloadContext, startContext } from '../../src/machines/download-context.ts';
import { downloadMachine } from '../../src/machines/download-machine.ts';
import { partMachine } from '../../src/machines/part-machine.ts';
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

const TRANSITIONS = new Map(
  [downloadMachine, partMachine]
    .flatMap((machine) => chartOf(machine).transitions)
    .map((transition) => [transition.id, transition]),
);

/** A step that the chart can take: the last of its transitions leads to one of the states. */
const step = (
  actor: string,
  took: ReadonlyArray<string>,
  states: ReadonlyArray<string>,
  changed: Partial<DownloadContext> = {},
): TraceRecord => {
  for (const id of took) assert.ok(TRANSITIONS.has(id), `no transition of a chart: ${id}`);
  const [target = ''] = TRANSITIONS.get(took.at(-1)!)?.targets ?? [];
  assert.ok(
    states.some((id) => `${id}.`.startsWith(`${target}.`)),
    `${took} leads to ${target}`,
  );
  return { type: 'step', at: 0, actor, took, states, changed };
};

/** How things stand, for somebody who begins to look: nothing is known of what led there. */
const standing = (
  actor: string,
  states: ReadonlyArray<string>,
  changed: Partial<DownloadContext> = {},
): TraceRecord => ({ type: 'step', at: 0, actor, took: [], states, changed });

const hear = (event: TracedEvent, at = 0): TraceRecord => ({
  type: 'event',
  at,
  to: 'download',
  from: null,
  event,
});

const downloading = (verification: string): ReadonlyArray<string> =>
  ['transfer', `verification.${verification}`, 'durability.idle', 'access.granted'].map(
    (it) => `download.downloadingParts.${it}`,
  );

/** A download of five parts, two of them in flight. */
const begun = (changed: Partial<DownloadContext> = {}): ReadonlyArray<TraceRecord> => {
  const context: DownloadContext = {
    ...startContext(scriptedInput()),
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
  };
  return [
    started('download'),
    standing('download', downloading(context.isVerified ? 'verified' : 'verifying'), context),
    ...context.active.flatMap((part) => [
      started(`part-${part}`),
      standing(`part-${part}`, ['part.fetching.flowing']),
    ]),
  ];
};

const fetched = (part: number): ReadonlyArray<TraceRecord> => [
  step(`part-${part}`, ['part.fetching: fetchPart done 0'], ['part.fetched']),
  ended(`part-${part}`, 'done'),
  hear({ type: 'part.fetched', part, generation: 0 }),
];

const FAILED = ['part.fetching: fetchPart failed 0', 'part.judging: always 2'];

const statesOf = (fold: ViewFold): ReadonlyArray<string> =>
  [...fold.view().parts].map((code) => PART_STATES[code]!);

const seen = (...records: ReadonlyArray<TraceRecord>): ViewFold => foldOf(records);

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
      step('part-2', FAILED, ['part.backingOff']),
      hear({ type: 'part.retrying', part: 2, attempt: 2, error: RESET, delayMs: 500 }, 40),
    );
    const { because, lanes, retries } = fold.view();
    expect(because).toBe('Part 2 waits 0.5 s after ECONNRESET (2 tries).');
    expect(lanes[1]).toMatchObject({
      state: 'backingOff',
      attempt: 2,
      cause: 'ECONNRESET',
      untilMs: 540,
    });
    expect(retries).toBe(1);
    expect(fold.part(2)).toMatchObject({ state: 'backingOff', range: { start: 100, end: 200 } });
    expect(fold.part(2)?.text).toBe('Part 2 waits 0.5 s after ECONNRESET (2 tries failed).');
    const requesting = ['part.fetching.requesting'];
    fold.take(step('part-2', ['part.backingOff: after backoff 0'], requesting));
    expect(fold.view().lanes[1]).toMatchObject({
      attempt: 2,
      error: null,
      cause: '',
      untilMs: null,
    });
    const flows = ['part.fetching.requesting: bytes.flowing 0'];
    fold.take(step('part-2', flows, ['part.fetching.flowing']));
    expect(fold.view().lanes[1]).toMatchObject({ attempt: 0 });
  });

  test('that is not there has nothing to tell', () => {
    const fold = seen(...begun());
    expect(fold.part(6)).toBeNull();
    expect(fold.part(5)).toMatchObject({ states: [], text: 'Part 5 has to be fetched.' });
  });
});

const VERIFIED = 'download.downloadingParts.verification.verifying: verifyParts done 0';

describe('parts of a former run', () => {
  const half = begun({
    active: [3, 4],
    pending: [{ start: 5, end: 6 }],
    prefixed: allParts(3),
    isVerified: false,
  }).slice(0, 2);

  test('are verifying until all have been read back', () => {
    const fold = seen(...half);
    expect(statesOf(fold)).toEqual(['verifying', 'verifying', 'queued', 'queued', 'queued']);
    fold.take(step('download', [VERIFIED], downloading('verified'), { isVerified: true }));
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
