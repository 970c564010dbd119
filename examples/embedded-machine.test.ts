/** How an application tests a statechart that has a download in it: against a server of its own. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ossObject, staticCredentials } from 'partwise';
import { DEMO_ACCOUNT, fault, once, startOssServer, syntheticObject } from 'partwise/testing';
import { expect, onTestFinished, test } from 'vitest';
import { createActor, waitFor } from 'xstate';
import { syncMachine } from './embedded-machine.ts';

const scene = async (key = 'object.bin') => {
  const folder = await mkdtemp(join(tmpdir(), 'partwise-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const server = await startOssServer();
  onTestFinished(server.close);
  const object = syntheticObject({ seed: 1, size: 400_000 });
  server.put('examplebucket', 'object.bin', object);
  const target = join(folder, 'object.bin');
  const actor = createActor(
    syncMachine({
      source: ossObject({ endpoint: server.url, bucket: 'examplebucket', key }),
      credentials: staticCredentials(DEMO_ACCOUNT),
      target,
      store: join(folder, 'store'),
      ...{ partSize: '100KB', threshold: 0 },
    }),
  );
  const file = () => actor.getSnapshot().children['file'];
  return { server, object, target, actor, file };
};

test('nothing is asked for before there is a network, and then all of it comes', async () => {
  const { server, object, target, actor } = await scene();
  actor.start();
  expect(server.requests()).toEqual([]);
  actor.send({ type: 'online' });
  await waitFor(actor, (snapshot) => snapshot.status === 'done');
  expect(actor.getSnapshot().value).toBe('synced');
  expect((await readFile(target)).equals(object.read(0, 400_000))).toBe(true);
});

test('without a network it rests, and goes on where it was', async () => {
  const { server, object, target, actor, file } = await scene();
  server.setFaults([once(fault.cutAfter(50_000))]);
  actor.start();
  actor.send({ type: 'online' });
  actor.send({ type: 'offline' });
  const download = file();
  if (download === undefined) throw new Error('there is no download');
  await waitFor(download, (snapshot) => snapshot.value === 'paused');
  actor.send({ type: 'online' });
  await waitFor(actor, (snapshot) => snapshot.status === 'done');
  expect(actor.getSnapshot().value).toBe('synced');
  expect((await readFile(target)).equals(object.read(0, 400_000))).toBe(true);
});

test('an object that is not there ends it', async () => {
  const { actor } = await scene('another.bin');
  actor.start();
  actor.send({ type: 'online' });
  await waitFor(actor, (snapshot) => snapshot.status === 'done');
  expect(actor.getSnapshot().value).toBe('failed');
});
