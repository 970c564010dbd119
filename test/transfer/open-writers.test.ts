/** A checkpoint covers what has arrived, however little of it was gathered for a write. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bytes } from '../../src/domain/bytes.ts';
import { loadCrc64 } from '../../src/effects/crc64.ts';
import { E, TE } from '../../src/fp.ts';
import type { LaterRecord } from '../../src/store/breakpoint.ts';
import { simulatedDisk } from '../../src/testing/simulation/simulated-disk.ts';
import { checkpointer } from '../../src/transfer/checkpointer.ts';
import { openWriters } from '../../src/transfer/open-writers.ts';
import { partLedger } from '../../src/transfer/part-ledger.ts';
import { partWriter } from '../../src/transfer/part-writer.ts';

const crc64Of = await loadCrc64();
const PART = '/object.bin.part';
const FULL = 1_000;

const arrange = async () => {
  const disk = simulatedDisk();
  const created = await disk.files.create(PART)();
  assert.ok(E.isRight(created));
  await disk.folders.sync('/')();
  const file = created.right;
  const ledger = partLedger([]);
  const mayWrite = () => null;
  const writers = openWriters();
  const records: Array<LaterRecord> = [];
  const log = {
    append: (record: LaterRecord) => {
      records.push(record);
      return TE.right(undefined);
    },
  };
  const { checkpoint } = checkpointer({
    ...{ file, log, ledger, mayWrite, writers },
    checkName: async () => E.right(undefined),
  });
  const common = { file, ledger, crc64Of, mayWrite, batchLength: FULL, onWritten: () => {} };
  const open = (part: number, position: number) => {
    const writer = partWriter({ ...common, part, position: bytes(position) });
    return { writer, close: writers.add(writer) };
  };
  return { disk, ledger, records, checkpoint, open };
};

test('bytes that no batch is full of are on record after a checkpoint', async () => {
  const { disk, records, checkpoint, open } = await arrange();
  const { writer } = open(1, 0);
  writer.write(Uint8Array.of(1, 2, 3));
  expect(await checkpoint()).toEqual(E.right(undefined));
  expect(records).toMatchObject([{ type: 'facts', facts: [{ part: 1, length: 3 }] }]);
  disk.crash('powerLost', 0);
  expect(disk.contentOf(PART)).toEqual(Uint8Array.of(1, 2, 3));
});

test('a writer that was taken out is left alone', async () => {
  const { records, checkpoint, open } = await arrange();
  const { writer, close } = open(1, 0);
  writer.write(Uint8Array.of(1));
  close();
  await checkpoint();
  expect(records).toEqual([]);
});

test('for every mix of chunks and checkpoints, each checkpoint has all that had come', async () => {
  const steps = fc.array(
    fc.oneof(
      fc.record({ part: fc.integer({ min: 1, max: 3 }), length: fc.integer({ min: 1, max: 900 }) }),
      fc.constant('checkpoint' as const),
    ),
    { minLength: 1, maxLength: 30 },
  );
  await fc.assert(
    fc.asyncProperty(steps, async (given) => {
      const { disk, ledger, checkpoint, open } = await arrange();
      const lanes = [0, 100_000, 200_000].map((start, index) => ({
        start,
        received: 0,
        ...open(index + 1, start),
      }));
      for (const step of given) {
        if (step === 'checkpoint') {
          await checkpoint();
          for (const [index, { received }] of lanes.entries()) {
            assert.equal(ledger.factOf(index + 1).length, received);
          }
          assert.equal(
            ledger.sums().durable,
            lanes.reduce((sum, { received }) => sum + received, 0),
          );
          continue;
        }
        const lane = lanes[step.part - 1]!;
        await lane.writer.write(new Uint8Array(step.length).fill(step.part));
        lane.received += step.length;
      }
      for (const { writer } of lanes) assert.ok(E.isRight(await writer.flush()));
      const content = disk.contentOf(PART)!;
      for (const [index, { start, received }] of lanes.entries()) {
        const part = content.subarray(start, start + received);
        assert.ok(part.length === received && part.every((byte) => byte === index + 1));
      }
    }),
    { numRuns: 200 },
  );
});
