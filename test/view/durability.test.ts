/** Which parts are shown as durable: the traces of real downloads in simulated worlds. */
import { describe, expect, test } from 'vitest';
import { chartOf } from '../../src/machines/chart.ts';
import { downloadMachine } from '../../src/machines/download-machine.ts';
import {
  type DiskFault,
  diskFault,
  diskRules,
  type Simulation,
  type SimulationOptions,
  simulate,
} from '../../src/testing/index.ts';
import type { TraceRecord } from '../../src/trace/trace-record.ts';
import { createTracer } from '../../src/trace/tracer.ts';
import { PART_STATES, type PartState } from '../../src/view/download-view.ts';
import { foldView, type ViewFold } from '../../src/view/fold-view.ts';
import { foldOf } from './traced-run.ts';

const PARTS = { partSize: '200KB', threshold: 0, concurrency: 4 } as const;

const arrange = (over: Partial<SimulationOptions> = {}): Promise<Simulation> =>
  simulate({ seed: 7, object: '6MB', link: { rttMs: 40, bytesPerSecond: 2e6 }, ...over });

/** Each sync of the part file goes like this, but for the one that follows its creation. */
const withSync = (fault: DiskFault): Partial<SimulationOptions> => {
  const later = diskRules.when(({ attempt }) => attempt > 1, fault);
  return { disk: { faults: [diskRules.forPath('.part', diskRules.forOperation('sync', later))] } };
};

/** Parts are written while a checkpoint is under way. */
const SLOW_SYNC = withSync(diskFault.delay(300));

const partsIn = (fold: ViewFold, state: PartState): ReadonlyArray<number> =>
  [...fold.view().parts].flatMap((code, index) => (PART_STATES[code] === state ? [index + 1] : []));

/** A download that runs, and what is seen of it. */
const start = (sim: Simulation, look: (fold: ViewFold, record: TraceRecord) => void = () => {}) => {
  const tracer = createTracer({ now: sim.nowMs, startedAtMs: 0, partwise: '0.0.0', host: 'test' });
  const fold = foldView();
  const records: Array<TraceRecord> = [];
  tracer.subscribe((record) => {
    records.push(record);
    fold.take(record);
    look(fold, record);
  });
  const job = sim.download({ ...PARTS, inspect: tracer.inspect });
  const countOf = (state: PartState): number => partsIn(fold, state).length;
  return { job, tracer, fold, records, countOf };
};

const isCheckpointing = (fold: ViewFold): boolean =>
  fold.view().states.includes('download.downloadingParts.durability.checkpointing');

/** The checkpoint that follows at once, since it fell due during the one that is done. */
const AGAIN = chartOf(downloadMachine).transitions.filter(
  ({ trigger, source, targets }) =>
    trigger._tag === 'Done' && trigger.actor === 'saveCheckpoint' && targets.includes(source),
);

const isSaved = (record: TraceRecord): boolean =>
  record.type === 'event' &&
  record.event.type === 'effect.done' &&
  record.event.effect === 'saveCheckpoint';

describe('a part that is written', () => {
  test('is durable a second later, while others are still arriving', async () => {
    const sim = await arrange();
    const writtenAtMs = new Map<number, number>();
    const durableAtMs = new Map<number, number>();
    const { job, fold, countOf } = start(sim, (it, { at }) => {
      for (const part of partsIn(it, 'written')) {
        if (!writtenAtMs.has(part)) writtenAtMs.set(part, at);
      }
      for (const part of partsIn(it, 'durable')) {
        if (!durableAtMs.has(part)) durableAtMs.set(part, at);
      }
    });
    await sim.until(() => countOf('durable') > 0 && countOf('flowing') > 0);
    expect(fold.view().word).toBe('downloading');
    await sim.finish(job);
    expect([...durableAtMs.keys()].sort((a, b) => a - b)).toHaveLength(30);
    const waits = [...writtenAtMs].map(([part, at]) => durableAtMs.get(part)! - at);
    expect(Math.max(...waits)).toBeGreaterThan(500);
    expect(Math.max(...waits)).toBeLessThanOrEqual(1_000);
  });

  test('is durable only when that survives a power cut, at any moment', async () => {
    let [shown, cutShort] = [0, 0];
    for (let atMs = 1_250; atMs < 2_800; atMs += 250) {
      const sim = await arrange(SLOW_SYNC);
      const { fold, countOf } = start(sim);
      await sim.advance(atMs);
      const durable = partsIn(fold, 'durable');
      if (isCheckpointing(fold) && countOf('written') > 0) cutShort += 1;
      shown += durable.length;
      sim.crash('powerLost');
      const second = start(sim);
      await sim.until(() => second.fold.view().verdict !== null);
      const missing = new Set(partsIn(second.fold, 'queued'));
      expect(durable.filter((part) => missing.has(part))).toEqual([]);
    }
    expect(shown).toBeGreaterThan(0);
    expect(cutShort).toBeGreaterThan(0);
  });

  test('is not, when the checkpoint fails', async () => {
    const sim = await arrange(withSync(diskFault.fail()));
    let [written, durable] = [0, 0];
    const { job } = start(sim, (fold) => {
      written = Math.max(written, partsIn(fold, 'written').length);
      durable = Math.max(durable, partsIn(fold, 'durable').length);
    });
    await expect(sim.finish(job)).rejects.toMatchObject({ error: { _tag: 'DiskFailed' } });
    expect(written).toBeGreaterThan(5);
    expect(durable).toBe(0);
  });
});

describe('a checkpoint', () => {
  test('that follows at once makes durable what was written during the one before', async () => {
    const link = { rttMs: 10, bytesPerSecond: 20e6 };
    const sim = await arrange({ object: '50MB', link, ...withSync(diskFault.delay(600)) });
    const { job, records } = start(sim);
    await sim.finish(job);
    expect(AGAIN).toHaveLength(1);
    const again = records.findIndex(
      (record) => record.type === 'step' && record.took.some((id) => id === AGAIN[0]?.id),
    );
    const before = foldOf(records.slice(0, again + 1));
    const written = partsIn(before, 'written');
    expect(partsIn(before, 'durable')).not.toEqual([]);
    expect(partsIn(before, 'flowing')).not.toEqual([]);
    expect(written).not.toEqual([]);
    const next = records.findIndex((record, index) => index > again && isSaved(record));
    const after = foldOf(records.slice(0, next + 1));
    expect(after.view().word).toBe('downloading');
    expect(partsIn(after, 'durable')).toEqual(
      [...partsIn(before, 'durable'), ...written].sort((a, b) => a - b),
    );
  });

  test('that a pause leaves without an end leaves its parts to the next one', async () => {
    const sim = await arrange(SLOW_SYNC);
    const { job, fold, records, countOf } = start(sim);
    await sim.until(() => isCheckpointing(fold));
    const noted = partsIn(fold, 'written');
    const seen = records.length;
    expect(noted).not.toEqual([]);
    job.pause();
    expect(isCheckpointing(fold)).toBe(false);
    await sim.until(() => fold.view().word === 'paused');
    expect(records.slice(seen).filter(isSaved)).toHaveLength(1);
    expect(partsIn(fold, 'durable')).toEqual(expect.arrayContaining([...noted]));
    expect(countOf('written')).toBe(0);
  });

  test('shows who begins to look late what it made durable', async () => {
    const sim = await arrange({ object: '9MB', ...SLOW_SYNC });
    const { job, fold, tracer, countOf } = start(sim);
    await sim.until(() => countOf('durable') > 0 && countOf('written') > 0);
    const late = foldView();
    tracer.subscribe(late.take);
    expect(partsIn(late, 'durable')).toEqual([]);
    expect(partsIn(late, 'written')).toEqual(
      [...partsIn(fold, 'durable'), ...partsIn(fold, 'written')].sort((a, b) => a - b),
    );
    expect(partsIn(late, 'queued')).toEqual(partsIn(fold, 'queued'));
    await sim.until(() => partsIn(late, 'durable').length > 0);
    expect(partsIn(late, 'flowing')).not.toEqual([]);
    expect(partsIn(fold, 'durable')).toEqual(expect.arrayContaining([...partsIn(late, 'durable')]));
    await sim.finish(job);
  });
});
