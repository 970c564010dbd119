/**
 * An interruption at one exact point: after so many effect calls every effect stands still, as it
 * does for a process that was killed.
 */
import type { FileSystem, Folders, OpenFile } from '../../effects/file-system.ts';
import type { ObjectStorage } from '../../effects/object-storage.ts';
import { E, type TE } from '../../fp.ts';

export interface Fuse {
  /** How many effects were called. */
  readonly calls: () => number;
  readonly isBlown: () => boolean;
  readonly files: (files: FileSystem) => FileSystem;
  readonly folders: (folders: Folders) => Folders;
  readonly storage: (storage: ObjectStorage) => ObjectStorage;
}

/**
 * @param limit  The effect call that is the last one; `Infinity` never blows.
 * @param isDone Does the last call still happen, only its answer never comes? Else it does not.
 */
export const fuse = (limit: number, isDone: boolean): Fuse => {
  let calls = 0;
  const never = new Promise<never>(() => {});

  const guard =
    <Error, A>(effect: TE.TaskEither<Error, A>): TE.TaskEither<Error, A> =>
    async () => {
      calls += 1;
      if (calls < limit) return orNever(await effect());
      if (calls === limit && isDone) await effect();
      return never;
    };
  /** An effect that was under way when the fuse blew never answers either. */
  const orNever = <A>(answer: A): A | Promise<never> => (calls >= limit ? never : answer);

  const guardAll = <Functions extends object>(functions: Functions): Functions =>
    Object.fromEntries(
      Object.entries(functions).map(([name, call]) => [
        name,
        (...input: ReadonlyArray<unknown>) => guard(call(...input)),
      ]),
    ) as Functions;

  const guardOpening =
    (open: FileSystem['open']): FileSystem['open'] =>
    (path) =>
    async () => {
      const opened = await guard(open(path))();
      return E.isLeft(opened) ? opened : E.right(guardAll<OpenFile>(opened.right));
    };
  return {
    calls: () => calls,
    isBlown: () => calls >= limit,
    files: (files) => ({
      ...guardAll(files),
      create: guardOpening(files.create),
      open: guardOpening(files.open),
    }),
    folders: guardAll,
    storage: guardAll,
  };
};
