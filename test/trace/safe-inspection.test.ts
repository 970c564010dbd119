/** The other inspector: its own receiver gets what happens, and no secret. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createWebSocketInspector } from '@statelyai/inspect';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createActor, setup } from 'xstate';
import { staticCredentials } from '../../src/effects/credentials.ts';
import { fault, forMethod, once } from '../../src/testing/index.ts';
import { safeInspection } from '../../src/trace/safe-inspection.ts';
import { collect, setScene } from '../acceptance/scene.ts';
import { runHere } from '../cli/run-here.ts';
import { scriptedInput, scriptedMachine } from './scripted-download.ts';
import { startTraced } from './start-traced.ts';

interface Received {
  readonly type: string;
  readonly name?: string;
  readonly sessionId: string;
  readonly parentId?: string;
  readonly definition?: string;
  readonly event?: { readonly type: string };
  readonly snapshot?: { readonly status: string; readonly value?: unknown };
}

const RECEIVER = fileURLToPath(new URL('./stately-receiver.mjs', import.meta.url));

/** Stately's server with its receiver, and an inspector of theirs that is connected to it. */
const startReceiver = async () => {
  const child = spawn(process.execPath, [RECEIVER], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill());
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const next = async (): Promise<Received & { readonly port: number }> =>
    JSON.parse((await lines.next()).value ?? 'null');
  const { port } = await next();
  const received: Array<Received> = [];
  const until = async (isThere: (event: Received) => boolean): Promise<void> => {
    for (;;) {
      const event = await next();
      received.push(event);
      if (isThere(event)) return;
    }
  };
  return { port, received, until };
};

const connect = (port: number) => {
  const url = `ws://127.0.0.1:${port}`;
  const inspector = createWebSocketInspector({ url, maxDeferredEvents: 10_000 });
  onTestFinished(inspector.stop);
  return safeInspection(inspector.inspect);
};

const hasEnded =
  (value: string) =>
  ({ type, snapshot }: Received): boolean =>
    type === '@xstate.snapshot' && snapshot?.value === value;

describe("Stately's inspector", () => {
  test('gets a whole download: actors, events, snapshots, and the machine to draw', async () => {
    const { port, received, until } = await startReceiver();
    const account = {
      accessKeyId: 'LTAI5tPlanted',
      accessKeySecret: 'planted',
      securityToken: null,
    };
    const accounts = [{ accessKeyId: 'LTAI5tPlanted', accessKeySecret: 'planted' }];
    const scene = await setScene({ server: { accounts } });
    scene.server.setFaults([
      forMethod('GET', once({ ...fault.refuse(503, 'Busy'), message: 'token=planted' } as never)),
    ]);
    const { job, close } = startTraced(scene, {
      ...{ inspect: connect(port), credentials: staticCredentials(account) },
      label: 'https://me:planted@h/k?Signature=planted',
    });
    await collect(job);
    await until(hasEnded('renamed'));
    await close();
    const actors = received.filter(({ type }) => type === '@xstate.actor');
    expect(actors.map(({ name }) => name)).toEqual(expect.arrayContaining(['part-1', 'part-10']));
    const download = actors.find(({ name }) => name === 'download');
    expect(JSON.parse(download?.definition ?? '{}')).toMatchObject({
      id: 'download',
      states: { downloadingParts: { type: 'parallel' }, renamed: { type: 'final' } },
    });
    const part = actors.find(({ name }) => name === 'part-1');
    expect(part).toMatchObject({ parentId: download?.sessionId });
    const events = received.flatMap(({ event }) => (event === undefined ? [] : [event.type]));
    expect(events).toEqual(expect.arrayContaining(['part.fetched', 'part.retrying']));
    expect(JSON.stringify(received)).not.toMatch(/planted/i);
  });

  test('gets a download within the machine of an application, whose secrets stay there', async () => {
    const { port, received, until } = await startReceiver();
    const application = setup({
      types: { context: {} as { readonly token: string; readonly note: string } },
      actors: { download: scriptedMachine({ partCount: 3 }) },
    }).createMachine({
      id: 'application',
      context: { token: 'planted', note: 'see https://h/?Signature=planted' },
      initial: 'authenticating',
      states: {
        authenticating: { on: { login: 'fetching' } },
        fetching: {
          meta: { password: 'planted' },
          invoke: { id: 'fetch', src: 'download', input: scriptedInput(), onDone: 'over' },
        },
        over: { type: 'final' },
      },
    });
    const actor = createActor(application, { inspect: connect(port) }).start();
    actor.send({ type: 'login', password: 'planted' } as never);
    await until(hasEnded('over'));
    const values = received.flatMap(({ snapshot }) => (snapshot?.value ? [snapshot.value] : []));
    expect(values).toEqual(expect.arrayContaining(['authenticating', 'fetching', 'renamed']));
    const definitions = received.flatMap(({ definition }) => definition ?? []);
    expect(definitions.some((text) => text.includes('"authenticating":{"on"'))).toBe(true);
    expect(JSON.stringify(received)).not.toMatch(/planted/i);
  });

  test('is reached by --inspect=stately', async () => {
    const { port, received, until } = await startReceiver();
    const scene = await setScene({ server: { anonymousRead: true } });
    const words = ['get', `${scene.server.url}/examplebucket/exampledir/object.bin`, scene.target];
    const more = ['--store', scene.store, `--inspect=stately:${port}`];
    const ran = runHere([...words, ...more]);
    await until(hasEnded('renamed'));
    expect(await ran).toMatchObject({ code: 0 });
    expect((await ran).stderr).toContain(`ws://127.0.0.1:${port}`);
    expect(received.some(({ name }) => name === 'download')).toBe(true);
  });
});
