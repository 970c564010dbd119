/** A run that stands still behind exactly one effect call, as if it had been killed there. */
import { describe, expect, test } from 'vitest';
import { bytes } from '../../../src/domain/bytes.ts';
import { loadCrc64 } from '../../../src/effects/crc64.ts';
import type {
  BodySink,
  HttpClient,
  HttpHead,
  HttpRequest,
} from '../../../src/effects/http-client.ts';
import { E } from '../../../src/fp.ts';
import { fuse } from '../../../src/testing/simulation/fuse.ts';
import { simulatedClock } from '../../../src/testing/simulation/simulated-clock.ts';
import { simulatedDisk } from '../../../src/testing/simulation/simulated-disk.ts';
import { simulatedStorage } from '../../../src/testing/simulation/simulated-storage.ts';

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
const crc64Of = await loadCrc64();
const REQUEST: HttpRequest = { method: 'GET', url: 'http://127.0.0.1/', headers: {} };
const HEAD: HttpHead = { status: 200, headers: {} };

/** Makes `a` and writes to it: two effect calls, if it comes so far. */
const run = async (limit: number, isDone: boolean) => {
  const disk = simulatedDisk();
  const burning = fuse(limit, isDone);
  const files = burning.files(disk.files);
  const reached: Array<string> = [];
  const story = async () => {
    const file = await files.create('/a')();
    if (E.isLeft(file)) return;
    reached.push('created');
    await file.right.writeAt([Uint8Array.of(7)], bytes(0))();
    reached.push('written');
  };
  void story();
  await turn();
  return { ...burning, reached, content: disk.contentOf('/a') };
};

describe('fuse', () => {
  test('without a limit it only counts, calls of open files, too', async () => {
    const { calls, isBlown, reached, content } = await run(Infinity, false);
    expect([calls(), isBlown(), reached]).toEqual([2, false, ['created', 'written']]);
    expect(content).toEqual(Uint8Array.of(7));
  });

  test('blows at the call: it does not happen, and is never answered', async () => {
    const first = await run(1, false);
    expect([first.isBlown(), first.reached, first.content]).toEqual([true, [], null]);
    const second = await run(2, false);
    expect([second.reached, second.content]).toEqual([['created'], new Uint8Array(0)]);
  });

  test('or it happens, and is never answered either', async () => {
    const first = await run(1, true);
    expect([first.isBlown(), first.reached, first.content]).toEqual([true, [], new Uint8Array(0)]);
    const second = await run(2, true);
    expect([second.reached, second.content]).toEqual([['created'], Uint8Array.of(7)]);
  });

  test('once blown nothing happens any more, on disk, in folders or on the network', async () => {
    const disk = simulatedDisk();
    const network = simulatedStorage({ content: Uint8Array.of(1, 2), crc64Of, chunkLength: 1 });
    const burning = fuse(1, false);
    const { signal } = new AbortController();
    const late = [
      burning.files(disk.files).create('/a'),
      burning.folders(disk.folders).make('/folder'),
      burning.storage(network).probe(signal),
    ];
    let answers = 0;
    for (const effect of late) effect().then(() => (answers += 1));
    await turn();
    expect([answers, disk.paths(), burning.isBlown()]).toEqual([0, [], true]);
    expect(await disk.files.facts('/folder')()).toEqual(E.right(null));
  });

  test('an effect that was under way when it blew is never answered', async () => {
    const burning = fuse(2, true);
    let end = () => {};
    const slow = { ...simulatedDisk().folders };
    slow.make = () => () =>
      new Promise((resolve) => {
        end = () => resolve(E.right(undefined));
      });
    const folders = burning.folders(slow);
    let isAnswered = false;
    folders
      .make('/folder')()
      .then(() => (isAnswered = true));
    void folders.list('/')();
    end();
    await turn();
    expect([burning.isBlown(), isAnswered]).toEqual([true, false]);
  });

  test('failures pass through while it is whole', async () => {
    const burning = fuse(9, false);
    const opened = await burning.files(simulatedDisk().files).open('/none')();
    expect(opened).toMatchObject({ left: { code: 'ENOENT' } });
  });

  test('an effect that takes time never ends behind the crash, though it was to be done', async () => {
    for (const limit of [1, 2]) {
      const clock = simulatedClock();
      const disk = simulatedDisk({ clock, latency: () => 5 });
      const burning = fuse(limit, true);
      const files = burning.files(disk.files);
      let answers = 0;
      const count = () => (answers += 1);
      files.create('/a')().then(count);
      files.create('/b')().then(count);
      disk.crash('killed', 1);
      while (clock.fireNext());
      await turn();
      expect([burning.isBlown(), answers, disk.paths()]).toEqual([true, 0, []]);
    }
  });

  test('what the network delivers afterwards reaches nobody', async () => {
    const heard: Array<string> = [];
    const burning = fuse(9, false);
    const pending: { sink: BodySink | null } = { sink: null };
    const client: HttpClient = {
      exchange: (_, onHead) => async () => {
        const sink = onHead(HEAD);
        if (E.isRight(sink)) pending.sink = sink.right;
        return new Promise(() => {});
      },
    };
    const write = () => {
      heard.push('chunk');
      return null;
    };
    const onHead = () => {
      heard.push('head');
      return E.right({ write });
    };
    const { signal } = new AbortController();
    const exchange = burning.http(client).exchange(REQUEST, onHead, signal);
    void exchange();
    await pending.sink?.write(Uint8Array.of(1));
    expect([heard, burning.calls()]).toEqual([['head', 'chunk'], 1]);
    burning.blow();
    let isTaken = false;
    const late = pending.sink?.write(Uint8Array.of(2));
    Promise.resolve(late).then(() => (isTaken = true));
    void exchange();
    await turn();
    expect([heard, isTaken, burning.calls()]).toEqual([['head', 'chunk'], false, 1]);
  });

  test('a head that comes afterwards reaches nobody either', async () => {
    const burning = fuse(9, false);
    const answer: { with: () => unknown } = { with: () => null };
    const client: HttpClient = {
      exchange: (_, onHead) => () => {
        answer.with = () => onHead(HEAD);
        return new Promise(() => {});
      },
    };
    let isHeard = false;
    const onHead = () => {
      isHeard = true;
      return E.right({ write: () => null });
    };
    void burning.http(client).exchange(REQUEST, onHead, new AbortController().signal)();
    burning.blow();
    answer.with();
    expect(isHeard).toBe(false);
  });

  test('timers of a process that stands still do not fire; those of others do', () => {
    const clock = simulatedClock();
    const burning = fuse(9, false);
    const fired: Array<string> = [];
    const own = burning.clock(clock);
    own.setTimeout(() => fired.push('early'), 1);
    own.setTimeout(() => fired.push('late'), 3);
    own.clearTimeout(own.setTimeout(() => fired.push('cleared'), 1));
    clock.setTimeout(() => fired.push('other'), 3);
    clock.advanceTo(2);
    expect([own.now(), own.wallTime()]).toEqual([2, 2]);
    burning.blow();
    clock.advanceTo(4);
    expect([fired, burning.calls()]).toEqual([['early', 'other'], 0]);
  });
});
