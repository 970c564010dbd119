/** Tools of the durability scenarios: half-done downloads, damaged disks, processes that vanish. */
import { open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { DownloadError } from '../../src/domain/errors.ts';
import { loadCrc64 } from '../../src/effects/crc64.ts';
import type { OpenFile } from '../../src/effects/file-system.ts';
import { E, pipe, TE } from '../../src/fp.ts';
import type { DownloadEffects } from '../../src/machines/provide-effects.ts';
import type { LaterRecord } from '../../src/store/breakpoint.ts';
import type { BreakpointLog } from '../../src/store/breakpoint-store.ts';
import { encodeFrame, JOURNAL_MAGIC, readJournal } from '../../src/store/journal.ts';
import { fault, type PutOptions, whenPart } from '../../src/testing/index.ts';
import {
  partFiles,
  type RunOptions,
  run,
  type Scene,
  type SceneOptions,
  setScene,
} from './scene.ts';

export const DENIED = fault.refuse(403, 'AccessDenied');

/** What the object is put with, so that a scenario can put another one that looks the same. */
export const PUT: PutOptions = { etag: 'FIXED', lastModified: Date.UTC(2024, 0, 1) };

/** Half of ten parts of 1000 bytes are there, and the server would give the rest. */
export const halfDone = async (options: SceneOptions = {}, wishes: RunOptions = {}) => {
  const scene = await setScene({ put: PUT, ...options });
  scene.server.setFaults([whenPart({ index: 5, size: wishes.partSize ?? 1_000 }, DENIED)]);
  const failed = await run(scene, wishes);
  expect(failed.error?._tag).toBe('ServerRefused');
  scene.server.setFaults([]);
  return scene;
};

/** The only part file of a scene. */
export const partFileOf = async (scene: Scene): Promise<string> => {
  const paths = await partFiles(scene.target);
  expect(paths).toHaveLength(1);
  return paths[0] ?? '';
};

/** The only journal of a scene. */
export const journalOf = async ({ store }: Pick<Scene, 'store'>): Promise<string> => {
  const names = (await readdir(store)).filter((name) => name.endsWith('.journal'));
  expect(names).toHaveLength(1);
  return join(store, names[0] ?? '');
};

/** Puts other bytes into a file; its length stays. */
export const overwrite = async (path: string, at: number, content: Uint8Array): Promise<void> => {
  const file = await open(path, 'r+');
  await file.write(content, 0, content.length, at);
  await file.close();
};

/** Inverts one bit of a file. */
export const flipBit = async (path: string, at: number, bit = 3): Promise<void> => {
  const content = await readFile(path);
  await overwrite(path, at, Uint8Array.of((content[at] ?? 0) ^ (1 << bit)));
};

export type Json = { readonly [name: string]: unknown };

/** Writes a journal anew, its records changed by `edit`; frames and checksums are right. */
export const rewriteJournal = async (
  scene: Scene,
  edit: (records: ReadonlyArray<Json>) => ReadonlyArray<unknown>,
): Promise<void> => {
  const crc64Of = await loadCrc64();
  const path = await journalOf(scene);
  const payloads = readJournal(await readFile(path), crc64Of)?.payloads ?? [];
  const records = edit(payloads.map((payload) => JSON.parse(payload) as Json));
  const frames = records.map((record) => encodeFrame(JSON.stringify(record), crc64Of));
  await writeFile(path, Buffer.concat([JOURNAL_MAGIC, ...frames]));
};

/** Changes fields of the header, by dots: `plan.partSize`. */
export const setHeader = (scene: Scene, field: string, value: unknown): Promise<void> =>
  rewriteJournal(scene, ([head, ...rest]) => [
    { ...head, header: withField((head?.['header'] ?? {}) as Json, field.split('.'), value) },
    ...rest,
  ]);

const withField = (record: Json, path: ReadonlyArray<string>, value: unknown): Json => {
  const [name = '', ...rest] = path;
  const inner = rest.length === 0 ? value : withField((record[name] ?? {}) as Json, rest, value);
  return { ...record, [name]: inner };
};

type ChangeEffects = (effects: DownloadEffects) => DownloadEffects;

/** Changes every file that is opened, the part file first of all; journals have their own. */
export const changeFiles =
  (change: (file: OpenFile, path: string) => OpenFile): ChangeEffects =>
  (effects) => ({
    ...effects,
    files: {
      ...effects.files,
      create: (path) =>
        pipe(
          effects.files.create(path),
          TE.map((file) => change(file, path)),
        ),
      open: (path) =>
        pipe(
          effects.files.open(path),
          TE.map((file) => change(file, path)),
        ),
    },
  });

/** Changes how records are added to a breakpoint. */
export const changeLog =
  (change: (append: BreakpointLog['append'], record: LaterRecord) => Appended): ChangeEffects =>
  (effects) => {
    const { breakpoints } = effects;
    const changed = (log: BreakpointLog): BreakpointLog => ({
      ...log,
      append: (record) => change(log.append, record),
    });
    return {
      ...effects,
      breakpoints: {
        ...breakpoints,
        begin: (key, header) => pipe(breakpoints.begin(key, header), TE.map(changed)),
        reopen: (key) => pipe(breakpoints.reopen(key), TE.map(changed)),
      },
    };
  };

type Appended = ReturnType<BreakpointLog['append']>;

export const diskFailed = (code: string, operation = 'write', path = 'the part file') =>
  TE.left({ _tag: 'DiskFailed' as const, code, operation, path });

/** Does what a process does that is gone: its calls never return, its claims have no owner. */
export const vanishAt = async (
  scene: Scene,
  change: (effects: DownloadEffects, vanish: TE.TaskEither<never, never>) => DownloadEffects,
  options: RunOptions = {},
): Promise<void> => {
  let reached = (): void => {};
  const vanished = new Promise<'vanished'>((resolve) => {
    reached = () => resolve('vanished');
  });
  const vanish: TE.TaskEither<never, never> = () => {
    reached();
    return new Promise(() => {});
  };
  const opened: Array<Closable> = [];
  const ended = run(scene, {
    ...options,
    change: (effects) => change(noteOpened(opened)(effects), vanish),
  });
  const first = await Promise.race([vanished, ended]);
  expect(first, 'it was to vanish').toBe('vanished');
  for (const { close } of opened) await close()();
  await removeClaims(scene);
};

type Closable = Pick<OpenFile | BreakpointLog, 'close'>;

/** Notes what is opened: a kernel closes the files of a process that is gone. */
const noteOpened =
  (opened: Array<Closable>): ChangeEffects =>
  (effects) => {
    const note = <A extends Closable>(one: A): A => {
      opened.push(one);
      return one;
    };
    const { breakpoints } = effects;
    return changeFiles(note)({
      ...effects,
      breakpoints: {
        ...breakpoints,
        begin: (key, header) => pipe(breakpoints.begin(key, header), TE.map(note)),
        reopen: (key) => pipe(breakpoints.reopen(key), TE.map(note)),
      },
    });
  };

/** Removes the claims of processes that are no more, as far as the scenario goes. */
export const removeClaims = async ({ store }: Pick<Scene, 'store'>): Promise<void> => {
  for (const name of await readdir(store)) {
    if (name.endsWith('.claim')) await rm(join(store, name));
  }
};

/** Left, whatever was asked. */
export const failing = (error: DownloadError) => () => async () => E.left(error);
