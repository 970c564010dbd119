/** The disk in memory beside the real one: the same calls, the same answers. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bytes } from '../../../src/domain/bytes.ts';
import { nodeFileSystem, nodeFolders } from '../../../src/effects/file-system.node.ts';
import type { FileSystem, Folders, OpenFile } from '../../../src/effects/file-system.ts';
import { E } from '../../../src/fp.ts';
import { HOLLOW } from '../../../src/testing/server/hollow.ts';
import { simulatedDisk } from '../../../src/testing/simulation/simulated-disk.ts';

interface Place {
  readonly files: FileSystem;
  readonly folders: Folders;
  readonly root: string;
  /** By name; closed ones stay, to be used when they may not. */
  readonly open: Map<string, OpenFile>;
}

const NAMES = ['a', 'b', 'c', 'folder', 'folder/d', 'none/e'];
const name = fc.constantFrom(...NAMES);
const position = fc.oneof(fc.nat({ max: 40 }), fc.nat({ max: 9_000 }));
const length = fc.oneof(fc.nat({ max: 20 }), fc.nat({ max: 9_000 }));
const chunk = fc.record({ length, isHollow: fc.boolean() });

const calls = fc.oneof(
  fc.record({ _tag: fc.constantFrom('create', 'open', 'close', 'facts', 'remove', 'sync'), name }),
  fc.record({ _tag: fc.constantFrom('rename', 'link'), name, to: name }),
  fc.record({ _tag: fc.constantFrom('make', 'list', 'syncFolder', 'checkWritable'), name }),
  fc.record({
    _tag: fc.constant('write'),
    name,
    position,
    chunks: fc.array(chunk, { minLength: 1, maxLength: 4 }),
  }),
  fc.record({ _tag: fc.constant('read'), name, position, length: length.map((n) => n + 1) }),
  fc.record({ _tag: fc.constant('resize'), name, size: position }),
);

interface Call {
  readonly _tag: string;
  readonly name: string;
  readonly to?: string;
  readonly position?: number;
  readonly length?: number;
  readonly size?: number;
  readonly chunks?: ReadonlyArray<{ readonly length: number; readonly isHollow: boolean }>;
}

/** What a call answers, as far as every disk has to agree. */
const answerOf = async (place: Place, call: Call): Promise<unknown> => {
  const { files, folders, open } = place;
  const path = join(place.root, call.name);
  const file = open.get(call.name);
  const position = bytes(call.position ?? 0);
  switch (call._tag) {
    case 'create':
    case 'open': {
      const opened = await files[call._tag](path)();
      if (E.isLeft(opened)) return opened.left.code;
      await file?.close()();
      open.set(call.name, opened.right);
      return 'opened';
    }
    case 'close':
      return file === undefined ? null : codeOf(await file.close()());
    case 'facts': {
      const facts = await files.facts(path)();
      if (E.isLeft(facts)) return facts.left.code;
      const { kind, size } = facts.right ?? { kind: null, size: 0 };
      return kind === 'file' ? [kind, size] : kind;
    }
    case 'remove': {
      const isFolder = (await kindAt(place, path)) === 'folder';
      const removed = await files.remove(path)();
      return isFolder ? E.isLeft(removed) : codeOf(removed);
    }
    case 'rename':
    case 'link': {
      // What systems say of folders differs: EISDIR, EPERM, or that they did it.
      if ((await kindAt(place, path)) === 'folder') return null;
      return codeOf(await files[call._tag](path, join(place.root, call.to ?? ''))());
    }
    case 'make':
      return codeOf(await folders.make(path)()) === 'done';
    case 'list': {
      const isFile = (await kindAt(place, path)) === 'file';
      const listed = await folders.list(path)();
      return isFile || E.isLeft(listed) ? null : listed.right;
    }
    case 'syncFolder': {
      const isFile = (await kindAt(place, path)) === 'file';
      return isFile ? null : codeOf(await folders.sync(path)());
    }
    case 'checkWritable':
      return codeOf(await folders.checkWritable(path)());
    case 'sync':
      return file === undefined ? null : codeOf(await file.datasync()());
    case 'write': {
      const chunks = (call.chunks ?? []).map(({ length, isHollow }, index) =>
        isHollow ? HOLLOW.subarray(0, length) : new Uint8Array(length).fill(length + index + 1),
      );
      return file === undefined ? null : codeOf(await file.writeAt(chunks, position)());
    }
    case 'read': {
      const buffer = new Uint8Array(call.length ?? 0).fill(0x2d);
      const read = await file?.readAt(buffer, position)();
      if (read === undefined || E.isLeft(read)) return read === undefined ? null : 'failed';
      return [read.right, Buffer.from(buffer).toString('latin1')];
    }
    default:
      return file === undefined ? null : codeOf(await file.resize(bytes(call.size ?? 0))());
  }
};

const codeOf = (
  answer: E.Either<{ readonly code: string; readonly operation: string }, unknown>,
) => (E.isLeft(answer) ? answer.left.code : 'done');

const kindAt = async ({ files }: Place, path: string): Promise<string | null> => {
  const facts = await files.facts(path)();
  return E.isRight(facts) ? (facts.right?.kind ?? null) : null;
};

test('for every row of calls, simulatedDisk answers as nodeFileSystem does', async () => {
  const real = await mkdtemp(join(tmpdir(), 'partwise-simulated-'));
  let round = 0;
  let answered = 0;
  try {
    await fc.assert(
      fc.asyncProperty(fc.array(calls, { minLength: 10, maxLength: 40 }), async (row) => {
        round += 1;
        const root = join(real, String(round));
        await nodeFolders.make(root)();
        const live: Place = { files: nodeFileSystem, folders: nodeFolders, root, open: new Map() };
        const { files, folders } = simulatedDisk({ folders: ['/', '/root'] });
        const simulated: Place = { files, folders, root: '/root', open: new Map() };
        const opening = ['a', 'b'].map((name): Call => ({ _tag: 'create', name }));
        try {
          for (const call of [...opening, ...row]) {
            const expected = await answerOf(live, call);
            assert.deepEqual(await answerOf(simulated, call), expected, JSON.stringify(call));
            if (expected !== null) answered += 1;
          }
          for (const name of NAMES) {
            const call = { _tag: 'facts', name };
            assert.deepEqual(await answerOf(simulated, call), await answerOf(live, call));
          }
        } finally {
          for (const file of live.open.values()) await file.close()();
        }
      }),
      { numRuns: 100 },
    );
  } finally {
    await rm(real, { recursive: true });
  }
  expect(answered).toBeGreaterThan(1_000);
});
