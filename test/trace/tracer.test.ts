/** What a tracer tells of a download: everything, once, in the order in which it happened. */
import { describe, expect, test } from 'vitest';
import { createActor, type InspectionEvent, SimulatedClock, setup } from 'xstate';
import type { DownloadError } from '../../src/domain/errors.ts';
import { chartOf } from '../../src/machines/chart.ts';
import { downloadMachine } from '../../src/machines/download-machine.ts';
import { partMachine } from '../../src/machines/part-machine.ts';
import type { TraceRecord } from '../../src/trace/trace-record.ts';
import { createTracer, type Tracer } from '../../src/trace/tracer.ts';
import { type Script, scriptedInput, scriptedMachine } from './scripted-download.ts';

const RESET: DownloadError = { _tag: 'NetworkFailed', code: 'ECONNRESET', message: 'reset' };
const REFUSED: DownloadError = {
  _tag: 'ServerRefused',
  status: 403,
  code: 'AccessDenied',
  message: '',
  requestId: null,
  ec: null,
};

const newTracer = (): Tracer => {
  let ticks = 0;
  const now = () => 1_000 + ticks++;
  return createTracer({ now, startedAtMs: 7, partwise: '1.2.3', host: 'simulated' });
};

const recordsOf = (tracer: Tracer): ReadonlyArray<TraceRecord> => {
  const records: Array<TraceRecord> = [];
  tracer.subscribe((record) => records.push(record));
  return records;
};

/** Runs a scripted download to its end, moving its clock on whenever nothing else happens. */
const runScript = async (
  script: Script,
  inspect: (event: InspectionEvent) => void,
  begun: (actor: ReturnType<typeof createActor<typeof downloadMachine>>) => void = () => {},
) => {
  const clock = new SimulatedClock();
  const input = scriptedInput(script);
  const actor = createActor(scriptedMachine(script), { input, clock, inspect });
  begun(actor.start());
  for (let turns = 0; turns < 1_000 && actor.getSnapshot().status === 'active'; turns++) {
    await new Promise((resolve) => setImmediate(resolve));
    clock.increment(1);
  }
  return actor;
};

const tracedRun = async (script: Script) => {
  const tracer = newTracer();
  const records = recordsOf(tracer);
  const actor = await runScript(script, tracer.inspect);
  return { tracer, records, actor };
};

/** A record in a few words. */
const wordsOf = (record: TraceRecord): string => {
  switch (record.type) {
    case 'started':
      return `${record.actor} started`;
    case 'event': {
      const { event, from, to } = record;
      const of = 'effect' in event ? ` ${event.effect}` : 'delay' in event ? ` ${event.delay}` : '';
      return `${from ?? '-'} > ${to}: ${event.type}${of}`;
    }
    case 'step':
      return `${record.actor} in ${record.states.join(', ')}`;
    case 'ended':
      return `${record.actor} ${record.how}`;
  }
};

describe('a tracer', () => {
  test('tells a download of one part in the order in which it happened', async () => {
    const { records } = await tracedRun({ partCount: 1 });
    const words = records.map(wordsOf);
    const regions = (...rest: ReadonlyArray<string>) =>
      ['transfer', 'verification.verified', ...rest].map((it) => `download.downloadingParts.${it}`);
    const flowing = `download in ${regions('durability.idle', 'access.granted').join(', ')}`;
    expect(words).toEqual([
      'download started',
      'download in download.planning.surveying',
      'surveyTarget > download: effect.done surveyTarget',
      'download in download.planning.probing',
      'probeObject > download: effect.done probeObject',
      'download in download.validatingBreakpoint.opening',
      'openWorkspace > download: effect.done openWorkspace',
      flowing,
      'part-1 started',
      'part-1 in part.fetching.requesting',
      '- > part-1: bytes.flowing',
      'part-1 in part.fetching.flowing',
      'fetchPart > part-1: effect.done fetchPart',
      'part-1 in part.fetched',
      'part-1 done',
      'part-1 > download: part.fetched',
      'download in download.finalizing.checkpointing',
      'saveCheckpoint > download: effect.done saveCheckpoint',
      'download in download.finalizing.checking',
      'checkIntegrity > download: effect.done checkIntegrity',
      'download in download.finalizing.renaming',
      'commitTarget > download: effect.done commitTarget',
      'download in download.renamed',
      'download done',
    ]);
  });

  test('tells transitions by the ids of the chart, all of a step in their order', async () => {
    const failureOf = (part: number, attempt: number) =>
      part === 2 && attempt === 1 ? RESET : null;
    const { records } = await tracedRun({ partCount: 3, failureOf });
    const charts = [chartOf(downloadMachine), chartOf(partMachine)];
    const known = new Set(charts.flatMap(({ transitions }) => transitions.map(({ id }) => id)));
    const states = new Set(charts.flatMap((chart) => chart.states.map(({ id }) => id)));
    const steps = records.filter((record) => record.type === 'step');
    expect(steps.flatMap(({ took }) => took).filter((id) => !known.has(id))).toEqual([]);
    expect(steps.flatMap((step) => step.states).filter((id) => !states.has(id))).toEqual([]);
    const tookOf = (actor: string) => steps.filter((it) => it.actor === actor).map((it) => it.took);
    expect(tookOf('part-2')).toEqual([
      ['part.starting: always 1'],
      ['part.fetching: fetchPart failed 0', 'part.judging: always 2'],
      ['part.backingOff: after backoff 0'],
      ['part.fetching.requesting: bytes.flowing 0'],
      ['part.fetching: fetchPart done 0'],
    ]);
    expect(records).toContainEqual(
      expect.objectContaining({ to: 'part-2', event: { type: 'delay.over', delay: 'backoff' } }),
    );
    expect(records).toContainEqual(
      expect.objectContaining({
        ...{ to: 'part-2', from: 'fetchPart' },
        event: { type: 'effect.failed', effect: 'fetchPart', error: RESET },
      }),
    );
  });

  test('tells of a context what changed, so that the changes add up to it', async () => {
    const { records, actor } = await tracedRun({ partCount: 20 });
    const changes = records.flatMap((record) =>
      record.type === 'step' && record.changed !== undefined ? [record.changed] : [],
    );
    expect(Object.assign({}, ...changes)).toEqual(actor.getSnapshot().context);
    expect(Object.keys(changes[0] ?? {})).toEqual(Object.keys(actor.getSnapshot().context));
    const later = changes.slice(1).filter((change) => 'settings' in change || 'target' in change);
    expect(later).toEqual([]);
    const ofParts = records.filter((it) => it.type === 'step' && it.actor !== 'download');
    expect(ofParts.filter((it) => 'changed' in it)).toEqual([]);
  });

  test('tells how a failed download ended, and that its parts were stopped or done', async () => {
    const failureOf = (part: number) => (part === 3 ? REFUSED : null);
    const { records } = await tracedRun({ partCount: 40, failureOf });
    const last = records.at(-2);
    expect(last).toMatchObject({ actor: 'download', states: ['download.failed'] });
    const started = records.filter(({ type }) => type === 'started').length;
    const ended = records.filter(({ type }) => type === 'ended').length;
    expect(ended).toBe(started);
    expect(records.at(-1)).toMatchObject({ type: 'ended', actor: 'download', how: 'done' });
  });

  test('tells commands as events from outside', async () => {
    const tracer = newTracer();
    const records = recordsOf(tracer);
    await runScript({ partCount: 5 }, tracer.inspect, (actor) => {
      actor.send({ type: 'cancel', keep: true });
    });
    const command = records.findIndex((it) => it.type === 'event' && it.event.type === 'cancel');
    expect(records[command]).toMatchObject({
      ...{ to: 'download', from: null },
      event: { type: 'cancel', keep: true },
    });
    expect(records[command + 1]).toMatchObject({
      ...{ took: expect.arrayContaining(['download.planning: cancel 0']) },
      changed: { intent: 'cancel', keep: true },
    });
  });

  test('has a clock that begins with it, and a header', async () => {
    const { tracer, records } = await tracedRun({ partCount: 2 });
    const times = records.map(({ at }) => at);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(times[0]).toBe(1);
    expect(tracer.header).toEqual({
      ...{ trace: 'partwise', version: 1, startedAtMs: 7 },
      ...{ partwise: '1.2.3', host: 'simulated' },
    });
  });

  test('tells who comes late how things stand, and then what everybody hears', async () => {
    const tracer = newTracer();
    const late: Array<TraceRecord> = [];
    const all: Array<TraceRecord> = [];
    let isIn = false;
    tracer.subscribe((record) => {
      all.push(record);
      if (isIn || record.type !== 'started' || record.actor !== 'part-3') return;
      isIn = true;
      tracer.subscribe((it) => late.push(it));
    });
    const actor = await runScript({ partCount: 30 }, tracer.inspect);
    expect(late.slice(0, 3).map(wordsOf)).toEqual([
      'download started',
      expect.stringContaining('download in download.downloadingParts.transfer'),
      'part-1 started',
    ]);
    const changes = late.map((it) => (it.type === 'step' ? it.changed : {}));
    expect(Object.assign({}, ...changes)).toEqual(actor.getSnapshot().context);
    expect(late.slice(-20)).toEqual(all.slice(-20));
  });

  test('tells nothing to who went away', async () => {
    const tracer = newTracer();
    let heard = 0;
    const leave = tracer.subscribe(() => {
      heard += 1;
      if (heard === 5) leave();
    });
    await runScript({ partCount: 5 }, tracer.inspect);
    expect(heard).toBe(5);
  });

  test('tells that the download threw, which is a bug', async () => {
    const tracer = newTracer();
    const records = recordsOf(tracer);
    const machine = scriptedMachine({ partCount: 3 }).provide({
      guards: {
        isComplete: ({ context }) => {
          if (context.active.length < 3) throw new RangeError('a bug');
          return false;
        },
      },
    });
    const { inspect } = tracer;
    const clock = new SimulatedClock();
    const actor = createActor(machine, { input: scriptedInput(), clock, inspect });
    const thrown = new Promise((error) => actor.subscribe({ error }));
    actor.start();
    expect(await thrown).toEqual(new RangeError('a bug'));
    await new Promise((resolve) => setImmediate(resolve));
    const ends = records.filter((it) => it.type === 'ended' && it.actor === 'download');
    expect(ends).toMatchObject([{ how: 'threw' }]);
  });

  test('gives the actor of the download, for sending it commands', async () => {
    const tracer = newTracer();
    expect(tracer.actor()).toBeNull();
    const actor = await runScript({ partCount: 1 }, tracer.inspect);
    expect(tracer.actor()).toBe(actor);
  });
});

describe('a tracer of an application', () => {
  /** A machine of an application that invokes two downloads, one after the other. */
  const application = (logic: typeof downloadMachine) =>
    setup({ actors: { logic } }).createMachine({
      id: 'application',
      initial: 'first',
      states: {
        first: {
          invoke: { id: 'fetch', src: 'logic', input: scriptedInput(), onDone: 'second' },
        },
        second: {
          invoke: { id: 'again', src: 'logic', input: scriptedInput(), onDone: 'over' },
        },
        over: { type: 'final' },
      },
    });

  test('tells of the first download in it alone, under its usual names', async () => {
    const tracer = newTracer();
    const records = recordsOf(tracer);
    const machine = application(scriptedMachine({ partCount: 2 }));
    const { inspect } = tracer;
    const actor = createActor(machine, { inspect, clock: new SimulatedClock() }).start();
    await new Promise<void>((complete) => actor.subscribe({ complete }));
    const alone = await tracedRun({ partCount: 2 });
    expect(records.map(wordsOf)).toEqual(alone.records.map(wordsOf));
  });
});
