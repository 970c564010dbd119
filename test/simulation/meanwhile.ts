/** What somebody, or the disk itself, does to the files of a download that nobody runs. */
import assert from 'node:assert/strict';
import { dirname } from 'node:path';
import { bytes } from '../../src/domain/bytes.ts';
import type { OpenFile } from '../../src/effects/file-system.ts';
import { E } from '../../src/fp.ts';
import { bytesIn } from './records.ts';
import type { SpecWorld } from './spec-world.ts';
import type { Crash } from './world-spec.ts';

/** Does it, where there is something to do it to, and tells the world what cannot be trusted. */
export const meddle = async (world: SpecWorld, kind: Crash['meanwhile']): Promise<void> => {
  const { ranges, partFile } = await world.records();
  const journal = world.disk.paths().find((path) => path.endsWith('.journal')) ?? null;
  switch (kind) {
    case 'nothing':
      return;
    case 'rot': {
      const range = ranges[world.draws.integer(ranges.length)];
      if (partFile === null || range === undefined) return;
      const at = range.start + world.draws.integer(range.end - range.start);
      world.say(`Byte ${at} of the part file rots.`);
      world.damage([at]);
      return change(world, partFile, (file) => invert(file, at));
    }
    case 'partFileTruncated': {
      if (partFile === null || bytesIn(ranges) === 0) return;
      world.say('The part file is cut to half its length.');
      world.damage(null);
      const size = Math.floor((world.disk.contentOf(partFile)?.length ?? 0) / 2);
      return change(world, partFile, (file) => must(file.resize(bytes(size))));
    }
    case 'partFileRemoved':
      if (partFile === null) return;
      world.say('The part file is removed.');
      world.damage(null);
      await must(world.disk.files.remove(partFile));
      return must(world.disk.folders.sync(dirname(partFile)));
    case 'journalTorn': {
      const size = journal === null ? 0 : (world.disk.contentOf(journal)?.length ?? 0);
      if (journal === null || size === 0) return;
      const left = size - 1 - world.draws.integer(Math.min(40, size - 1));
      world.say(`The journal is cut from ${size} to ${left} bytes.`);
      return change(world, journal, (file) => must(file.resize(bytes(left))));
    }
    case 'objectChanged':
      world.say('The object is overwritten.');
      return world.changeObject();
  }
};

const change = async (
  { disk }: SpecWorld,
  path: string,
  make: (file: OpenFile) => Promise<void>,
): Promise<void> => {
  const opened = await disk.files.open(path)();
  assert.ok(E.isRight(opened));
  await make(opened.right);
  await must(opened.right.datasync());
  await must(opened.right.close());
};

const invert = async (file: OpenFile, at: number): Promise<void> => {
  const byte = new Uint8Array(1);
  await must(file.readAt(byte, bytes(at)));
  await must(file.writeAt([Uint8Array.of((byte[0] ?? 0) ^ 0xff)], bytes(at)));
};

const must = async (effect: () => Promise<E.Either<unknown, unknown>>): Promise<void> => {
  assert.ok(E.isRight(await effect()));
};
