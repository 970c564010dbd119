/** What pages are told, and how often: a clock moved by hand, a download that a test makes up. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createAudience } from '../../src/inspector/audience.ts';
import { openEventStream } from '../../src/inspector/event-stream.ts';
import type { Moment } from '../../src/inspector/moment.ts';
import type { ServerMessage } from '../../src/inspector/protocol.ts';
import { recordRing } from '../../src/inspector/record-ring.ts';
import { DONE, type Viewer } from '../../src/inspector/session.ts';
import { redactor } from '../../src/trace/redact.ts';
import { foldView } from '../../src/view/fold-view.ts';
import { partMap } from '../../src/view/part-map.ts';
import { handClock } from './hand-clock.ts';

const PARTS = 1_000;

/** An audience of a download with many parts, of which nothing else is known. */
const arrange = () => {
  const clock = handClock();
  const parts = partMap();
  parts.load(new Uint8Array(PARTS));
  const ring = recordRing(50);
  let views = 0;
  const fold = foldView();
  const moment: Moment = {
    view: () => {
      views += 1;
      return fold.view();
    },
    partsSince: parts.changesSince,
    series: () => [],
    records: ring.window,
    part: () => null,
    context: () => null,
  };
  const hello = { mode: 'live', startedAtMs: 0, durationMs: null, errorsAtMs: [] } as const;
  const audience = createAudience({
    clock,
    moment,
    redact: redactor(),
    hello: () => hello,
    ask: () => DONE,
  });
  return { clock, parts, ring, audience, views: () => views };
};

/** A page that can be made to read nothing. */
const page = (name: string) => {
  const batches: Array<ReadonlyArray<ServerMessage>> = [];
  let isReading = true;
  const viewer: Viewer = {
    name,
    isReady: () => isReading,
    send: (texts) => void batches.push(texts.map((text) => JSON.parse(text))),
    end: () => {},
  };
  const setReading = (reads: boolean): void => {
    isReading = reads;
  };
  const views = () => batches.flat().filter((message) => message.type === 'view');
  return { viewer, batches, setReading, views };
};

const RECORD = { type: 'started', at: 0, actor: 'download' } as const;
const ALL = { text: '', actors: [], hidesTicks: false };

describe('a page', () => {
  test('is told at most ten times a second, however much happens', () => {
    const { clock, audience, parts } = arrange();
    const { viewer, views } = page('1');
    audience.join(viewer);
    for (let ms = 0; ms < 9_999; ms++) {
      parts.set(1 + (ms % PARTS), 1 + (ms % 5));
      audience.changed();
      clock.advance(1);
    }
    expect(views().length).toBe(100);
  });

  test('is told nothing while nothing happens', () => {
    const { clock, audience } = arrange();
    const { viewer, batches } = page('1');
    audience.join(viewer);
    clock.advance(1_000);
    const before = batches.length;
    clock.advance(60_000);
    expect(batches).toHaveLength(before);
    expect(clock.timers()).toBe(0);
  });

  test('is told changes of parts only, after all of them', () => {
    const { clock, audience, parts } = arrange();
    const { viewer, views } = page('1');
    audience.join(viewer);
    clock.advance(100);
    parts.set(17, 2);
    audience.changed();
    clock.advance(100);
    expect(views().map(({ isWhole, parts: triples }) => ({ isWhole, triples }))).toEqual([
      { isWhole: true, triples: [0, PARTS, 0] },
      { isWhole: false, triples: [16, 1, 2] },
    ]);
  });

  test('that does not read is told the present when it does, and nothing of the past', () => {
    const { clock, audience, parts } = arrange();
    const { viewer, setReading, views, batches } = page('1');
    const { wake } = audience.join(viewer);
    clock.advance(100);
    setReading(false);
    const before = batches.length;
    for (let code = 1; code <= 5; code++) {
      parts.set(17, code);
      audience.changed();
      clock.advance(1_000);
    }
    expect(batches).toHaveLength(before);
    setReading(true);
    wake();
    clock.advance(100);
    expect(views().slice(1)).toMatchObject([{ isWhole: false, parts: [16, 1, 5] }]);
  });

  test('is told how many records passed by unseen', () => {
    const { clock, audience, ring } = arrange();
    const { viewer, batches } = page('1');
    const { ask } = audience.join(viewer);
    ask({ type: 'log', filter: ALL });
    clock.advance(100);
    for (let count = 0; count < 200; count++) ring.push(RECORD);
    audience.changed();
    clock.advance(100);
    const logs = batches.flat().filter((message) => message.type === 'log');
    expect(logs.map(({ isWhole }) => isWhole)).toEqual([true, false]);
    expect(logs[1]?.entries.map(({ number }) => number)).toEqual(
      Array.from({ length: 50 }, (_, index) => 151 + index),
    );
    expect(logs[1]?.skipped).toBe(150);
  });

  test('whose messages cannot be made loses its stream, and no other does', () => {
    const { clock, audience } = arrange();
    const [bad, good] = [page('bad'), page('good')];
    let isEnded = false;
    const end = (): void => {
      isEnded = true;
    };
    const isReady = (): boolean => {
      throw new TypeError('a bug');
    };
    audience.join({ ...bad.viewer, isReady, end });
    audience.join(good.viewer);
    clock.advance(100);
    expect(isEnded).toBe(true);
    expect(good.views()).toHaveLength(1);
  });
});

describe('while nobody looks', () => {
  test('nothing is worked out and no timer runs', () => {
    const { clock, audience, views } = arrange();
    const { viewer } = page('1');
    const { leave } = audience.join(viewer);
    clock.advance(100);
    leave();
    const before = views();
    for (let count = 0; count < 100; count++) audience.changed();
    expect(clock.timers()).toBe(0);
    clock.advance(1_000);
    expect(views()).toBe(before);
  });
});

describe('a stream that nobody reads', () => {
  test('holds one batch and no more', async () => {
    const { clock, audience, parts } = arrange();
    const server = createServer();
    const asked = once(server, 'request');
    onTestFinished(() => server.closeAllConnections());
    onTestFinished(() => void server.close());
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
    socket.pause();
    const [, response] = (await asked) as [IncomingMessage, ServerResponse];
    const stream = openEventStream(response, { onReady: () => {}, onClose: () => {} });
    audience.join({ name: '1', ...stream });
    let most = 0;
    for (let count = 0; count < 5_000; count++) {
      // All parts differ from their neighbours: the longest message there is.
      for (let part = 1; part <= PARTS; part++) parts.set(part, (part + count) % 8);
      audience.changed();
      clock.advance(100);
      await new Promise(setImmediate); // What the system takes, it takes.
      most = Math.max(most, response.writableLength);
    }
    expect(stream.isReady()).toBe(false);
    expect(most).toBeLessThan(100_000); // Newer Nodes buffer 64 KiB before they say so.
    socket.destroy();
  });
});
