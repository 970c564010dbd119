/** Checkpoints: bytes durable first, then their record; never a record after a failed sync. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytes } from '../../src/domain/bytes.ts';
import type { Crc64 } from '../../src/domain/crc64.ts';
import type { DownloadError, ErrorOf } from '../../src/domain/errors.ts';
import { E } from '../../src/fp.ts';
import type { LaterRecord, PartFact } from '../../src/store/breakpoint.ts';
import { checkpointer } from '../../src/transfer/checkpointer.ts';
import type { ClaimGuard } from '../../src/transfer/claim-guard.ts';
import { partLedger } from '../../src/transfer/part-ledger.ts';

const BROKEN: ErrorOf<'DiskFailed'> = {
  _tag: 'DiskFailed',
  code: 'EIO',
  operation: 'sync',
  path: 'a.part',
};
const DONE = E.right(undefined);

type Ending = E.Either<ErrorOf<'DiskFailed'>, void>;
type Endings = (call: number) => Ending | Promise<Ending>;

/** A checkpointer over a disk that ends each sync and each append as it is told to. */
const start = ({
  sync = (() => DONE) as Endings,
  append = (() => DONE) as Endings,
  mayWrite = (() => null) as ClaimGuard,
  flush = async () => {},
  checkName = async (): Promise<Ending> => DONE,
} = {}) => {
  const order: Array<string> = [];
  const appended: Array<ReadonlyArray<PartFact>> = [];
  let syncs = 0;
  const real = partLedger([]);
  const ledger = {
    ...real,
    note: () => {
      order.push('note');
      return real.note();
    },
    recorded: (facts: ReadonlyArray<PartFact>) => {
      order.push('recorded');
      real.recorded(facts);
    },
  };
  const file = {
    datasync: () => async () => {
      order.push('datasync');
      syncs += 1;
      const ending = await sync(syncs);
      order.push('synced');
      return ending;
    },
  };
  const log = {
    append: (record: LaterRecord) => async (): Promise<E.Either<DownloadError, void>> => {
      order.push('append');
      appended.push(record.type === 'facts' ? record.facts : []);
      const ending = await append(appended.length);
      order.push('appended');
      return ending;
    },
  };
  const writers = {
    flush: async () => {
      order.push('flush');
      await flush();
      order.push('flushed');
    },
  };
  const made = checkpointer({ file, log, ledger, mayWrite, writers, checkName });
  return { ...made, ledger: real, order, appended };
};

const write = (ledger: ReturnType<typeof partLedger>, part: number, length = 1): void => {
  ledger.received(part, length);
  ledger.wrote(part, length, '7' as Crc64);
};
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
const gate = () => {
  let open = (_: Ending) => {};
  const opened = new Promise<Ending>((resolve) => {
    open = resolve;
  });
  return { open: (ending: Ending) => open(ending), opened };
};

const ONE_CHECKPOINT = [
  'flush',
  'flushed',
  'note',
  'datasync',
  'synced',
  'append',
  'appended',
  'recorded',
];

describe('checkpointer', () => {
  test('bytes become durable, then they are recorded, then they count as durable', async () => {
    const { checkpoint, ledger, order, appended } = start();
    write(ledger, 1, 4);
    expect(await checkpoint()).toEqual(DONE);
    expect(order).toEqual(ONE_CHECKPOINT);
    expect(appended).toEqual([[{ part: 1, length: 4, crc64: '7' }]]);
    expect(ledger.sums().durable).toBe(4);
  });

  test('of a part file that is not there any more nothing is recorded', async () => {
    const { checkpoint, ledger, order } = start({ checkName: async () => E.left(BROKEN) });
    write(ledger, 1, 4);
    expect(await checkpoint()).toEqual(E.left(BROKEN));
    expect(order).toEqual(['flush', 'flushed', 'note']);
    expect(ledger.sums().durable).toBe(0);
  });

  test('with nothing new to record, neither the file nor the journal is touched', async () => {
    const { checkpoint, ledger, order } = start();
    expect(await checkpoint()).toEqual(DONE);
    write(ledger, 1);
    await checkpoint();
    order.length = 0;
    expect(await checkpoint()).toEqual(DONE);
    expect(order).toEqual(['flush', 'flushed', 'note']);
  });

  test('bytes written during the sync are not in its record, but in the next', async () => {
    const syncing = gate();
    const { checkpoint, ledger, appended } = start({
      sync: (call) => (call === 1 ? syncing.opened : DONE),
    });
    write(ledger, 1, 4);
    const first = checkpoint();
    await turn();
    write(ledger, 1, 2);
    write(ledger, 2, 3);
    syncing.open(DONE);
    await first;
    expect(appended).toEqual([[{ part: 1, length: 4, crc64: '7' }]]);
    expect(ledger.sums()).toMatchObject({ written: 9, durable: 4 });
    await checkpoint();
    expect(appended[1]?.map(({ part, length }) => [part, length])).toEqual([
      [1, 6],
      [2, 3],
    ]);
  });

  test('a second checkpoint begins when the first is done, and covers the rest', async () => {
    const syncing = gate();
    const { checkpoint, ledger, order } = start({
      sync: (call) => (call === 1 ? syncing.opened : DONE),
    });
    write(ledger, 1);
    const first = checkpoint();
    await turn();
    write(ledger, 2);
    const second = checkpoint();
    await turn();
    expect(order).toEqual(['flush', 'flushed', 'note', 'datasync']);
    syncing.open(DONE);
    expect(await Promise.all([first, second])).toEqual([DONE, DONE]);
    expect(order).toEqual([...ONE_CHECKPOINT, ...ONE_CHECKPOINT]);
    expect(ledger.sums().durable).toBe(2);
  });

  test('a fact forgotten while it is recorded is taken back by the next checkpoint', async () => {
    const appending = gate();
    const { checkpoint, ledger, appended } = start({
      append: (call) => (call === 1 ? appending.opened : DONE),
    });
    write(ledger, 1, 4);
    const first = checkpoint();
    await turn();
    ledger.forget(1);
    appending.open(DONE);
    await first;
    expect(ledger.sums().durable).toBe(0);
    await checkpoint();
    expect(appended[1]).toEqual([{ part: 1, length: 0, crc64: '0' }]);
  });

  test('after a failed sync nothing is appended, now or ever', async () => {
    const { checkpoint, ledger, order, appended } = start({
      sync: (call) => (call === 1 ? E.left(BROKEN) : DONE),
    });
    write(ledger, 1);
    expect(await checkpoint()).toEqual(E.left(BROKEN));
    write(ledger, 2);
    expect(await checkpoint()).toEqual(E.left(BROKEN));
    expect(await checkpoint()).toEqual(E.left(BROKEN));
    expect(appended).toEqual([]);
    expect(order).toEqual(['flush', 'flushed', 'note', 'datasync', 'synced']);
    expect(ledger.sums().durable).toBe(0);
  });

  test('… not by a checkpoint that was asked for while the sync was failing', async () => {
    const syncing = gate();
    const { checkpoint, ledger, appended } = start({
      sync: (call) => (call === 1 ? syncing.opened : DONE),
    });
    write(ledger, 1);
    const both = [checkpoint(), checkpoint()];
    await turn();
    write(ledger, 2);
    syncing.open(E.left(BROKEN));
    expect(await Promise.all(both)).toEqual([E.left(BROKEN), E.left(BROKEN)]);
    expect(appended).toEqual([]);
  });

  test('where nothing may be written any more, nothing is synced or recorded', async () => {
    const busy: DownloadError = { _tag: 'Busy', host: 'web-1', pid: 42 };
    const { checkpoint, ledger, order } = start({ mayWrite: async () => E.left(busy) });
    write(ledger, 1);
    expect(await checkpoint()).toEqual(E.left(busy));
    expect(await checkpoint()).toEqual(E.left(busy));
    expect(order).toEqual(['flush', 'flushed', 'note']);
    expect(ledger.sums().durable).toBe(0);
  });

  test('after a failed append the facts do not count as durable', async () => {
    const { checkpoint, ledger, order } = start({ append: () => E.left(BROKEN) });
    write(ledger, 1);
    expect(await checkpoint()).toEqual(E.left(BROKEN));
    expect(await checkpoint()).toEqual(E.left(BROKEN));
    expect(order).not.toContain('recorded');
    expect(ledger.sums().durable).toBe(0);
  });

  test('many facts become several frames after one sync, each durable once appended', async () => {
    const { checkpoint, ledger, order, appended } = start({
      append: (call) => (call === 3 ? E.left(BROKEN) : DONE),
    });
    for (let part = 1; part <= 25_000; part++) write(ledger, part);
    expect(await checkpoint()).toEqual(E.left(BROKEN));
    expect(order.filter((what) => what === 'datasync')).toHaveLength(1);
    expect(appended.map((frame) => frame.length)).toEqual([10_000, 10_000, 5_000]);
    expect(ledger.sums().durable).toBe(bytes(20_000));
  });

  test('for every history, records speak of durable bytes, none after a failed sync', async () => {
    const steps = fc.array(fc.constantFrom('write', 'forget', 'checkpoint', 'turn'), {
      minLength: 5,
      maxLength: 30,
      size: 'max',
    });
    const outcomes = fc.array(fc.boolean(), { minLength: 1, maxLength: 6 });
    let failures = 0;
    await fc.assert(
      fc.asyncProperty(steps, outcomes, fc.nat({ max: 3 }), async (history, isGood, goodSyncs) => {
        let written = 0;
        let durable = 0;
        let hasFailed = false;
        const { checkpoint, ledger, appended } = start({
          sync: async (call) => {
            const covered = written;
            await turn();
            hasFailed ||= call > goodSyncs && !isGood[call % isGood.length];
            if (hasFailed) return E.left(BROKEN);
            durable = covered;
            return DONE;
          },
          append: async (call) => {
            assert.ok(!hasFailed, 'a record after a failed sync');
            // Part n is written as a whole by the n-th write.
            for (const { part, length } of appended[call - 1]!) {
              assert.ok(length === 0 || part <= durable, 'a record before its bytes');
            }
            await turn();
            return DONE;
          },
        });
        const running: Array<Promise<unknown>> = [];
        for (const step of history) {
          if (step === 'write') write(ledger, ++written);
          if (step === 'forget' && written > 0) ledger.forget(written);
          if (step === 'checkpoint') running.push(checkpoint());
          if (step === 'turn') await turn();
        }
        const last = await checkpoint();
        await Promise.all(running);
        assert.equal(E.isLeft(last), hasFailed);
        if (hasFailed) failures += 1;
        else assert.equal(ledger.unrecordedBytes(), 0);
      }),
      { numRuns: 150, plugins: [fc.unbiased()], endOnFailure: true },
    );
    expect(failures).toBeGreaterThan(20);
  });
});
