/** A tracer that is attached to a running download: XState tells it something only when asked to. */
import { expect, test } from 'vitest';
import { startDownload } from '../../src/start-download.ts';
import { fault, simulate } from '../../src/testing/index.ts';
import type { TraceRecord } from '../../src/trace/trace-record.ts';
import { createTracer } from '../../src/trace/tracer.ts';
import { foldView } from '../../src/view/fold-view.ts';

const arrange = async () => {
  const sim = await simulate({
    seed: 3,
    object: 40_000_000,
    link: { rttMs: 40, bytesPerSecond: 4e6 },
    faults: [fault.delayHead(20)],
  });
  const tracer = createTracer({ now: sim.nowMs, startedAtMs: 0, partwise: '0', host: 'simulated' });
  const records: Array<TraceRecord> = [];
  const fold = foldView();
  const listen = () =>
    tracer.subscribe((record) => {
      records.push(record);
      fold.take(record);
    });
  const job = startDownload(sim.effects, sim.input({ partSize: 1_000_000 }), { inspect: tracer });
  return { sim, tracer, records, fold, listen, job };
};

test('tells who comes late how things stand, and everything from then on', async () => {
  const { sim, records, fold, listen, job } = await arrange();
  await sim.advance(4_000);
  listen();
  expect(records[0]).toMatchObject({ type: 'started', actor: 'download' });
  expect(fold.view().states).toContain('download.downloadingParts.transfer');
  const partCount = fold.view().parts.length;
  await sim.finish(job);
  expect(records.at(-1)).toMatchObject({ type: 'ended', actor: 'download', how: 'done' });
  const view = fold.view();
  expect(view.states).toEqual(['download.renamed']);
  expect([...view.parts].filter((code) => code === view.parts[0])).toHaveLength(partCount);
});

test('hears nothing while nobody listens, and nothing old when somebody comes back', async () => {
  const { sim, records, fold, listen, job } = await arrange();
  await sim.advance(2_000);
  const leave = listen();
  await sim.advance(1_000);
  leave();
  const heard = records.length;
  await sim.advance(3_000);
  expect(records).toHaveLength(heard);

  records.length = 0;
  listen();
  const started = records.flatMap((record) => (record.type === 'started' ? [record.actor] : []));
  const { active } = job.actor.getSnapshot().context;
  expect(started).toEqual(['download', ...active.map((part) => `part-${part}`)]);
  expect(fold.view().lanes.map(({ part }) => part)).toEqual([...active].sort((a, b) => a - b));
  await sim.finish(job);
  expect(fold.view().states).toEqual(['download.renamed']);
});

test('sends commands to the download', async () => {
  const { sim, tracer, job } = await arrange();
  await sim.advance(2_000);
  tracer.actor()?.send({ type: 'pause' });
  await sim.until(() => job.actor.getSnapshot().value === 'paused');
  tracer.actor()?.send({ type: 'resume' });
  await sim.finish(job);
});
