/** The last steps: wherever a run ends in them, the next one ends right and fetches nothing. */
import { readFile, writeFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import type { DiskPolicy } from '../../src/domain/disk-policy.ts';
import { pipe, TE } from '../../src/fp.ts';
import type { DownloadEffects } from '../../src/machines/provide-effects.ts';
import { changeFiles, changeLog, DENIED, diskFailed, PUT, vanishAt } from './durable-tools.ts';
import {
  contentOf,
  expectDone,
  fileAt,
  journals,
  leftovers,
  run,
  type Scene,
  setScene,
} from './scene.ts';

/** What happens at a step: it fails, or the process is no more. */
type Happening = TE.TaskEither<never, never> | ReturnType<typeof diskFailed>;

interface Step {
  readonly name: string;
  /** Is it after the record that every byte is proven? */
  readonly isProven: boolean;
  /** Is it after the target has its name? */
  readonly isNamed: boolean;
  /** Where it may be met. */
  readonly ifExists: ReadonlyArray<DiskPolicy['ifExists']>;
  /** Lets it happen instead of the step. */
  readonly change: (
    effects: DownloadEffects,
    happening: TE.TaskEither<never, never>,
  ) => DownloadEffects;
}

const BOTH = ['overwrite', 'fail'] as const;

/** Lets it happen at calls of the disk from the moment on in which the bytes are proven. */
const onceProven =
  (build: (effects: DownloadEffects, when: <A>(happening: A, usual: A) => A) => DownloadEffects) =>
  (effects: DownloadEffects): DownloadEffects => {
    let isProven = false;
    const noted = changeLog((append, record) =>
      pipe(
        append(record),
        TE.tapIO(() => () => {
          isProven ||= record.type === 'final';
        }),
      ),
    )(effects);
    return build(noted, (happening, usual) => (isProven ? happening : usual));
  };

/** A close that fails has closed the file all the same (close(2)), and so has an end. */
const whenClosed: Step['change'] = (effects, happening) =>
  onceProven((noted, when) =>
    changeFiles((file) => ({
      ...file,
      close: () =>
        pipe(
          file.close(),
          TE.flatMap((closed) => when<TE.TaskEither<never, void>>(happening, TE.right(closed))),
        ),
    }))(noted),
  )(effects);

const onFile =
  (name: 'stamp' | 'datasync'): Step['change'] =>
  (effects, happening) =>
    onceProven((noted, when) =>
      changeFiles((file) => ({
        ...file,
        [name]:
          (...given: []) =>
          async () =>
            when(happening, (file[name] as () => typeof happening)(...given))(),
      }))(noted),
    )(effects);

const before = { isProven: true, isNamed: false, ifExists: BOTH };
const after = { isProven: true, isNamed: true, ifExists: BOTH };

const STEPS: ReadonlyArray<Step> = [
  {
    ...before,
    name: 'before it is recorded that every byte is proven',
    isProven: false,
    change: (effects, happening) =>
      changeLog((append, record) => (record.type === 'final' ? happening : append(record)))(
        effects,
      ),
  },
  { ...before, name: 'before permissions are set', change: onFile('stamp') },
  { ...before, name: 'before the last sync', change: onFile('datasync') },
  { ...before, name: 'when the part file is closed', change: whenClosed },
  {
    ...before,
    name: 'before the rename',
    ifExists: ['overwrite'],
    change: ({ files, ...rest }, happening) => ({
      ...rest,
      files: { ...files, rename: () => happening },
    }),
  },
  {
    ...after,
    name: 'after the rename',
    ifExists: ['overwrite'],
    change: ({ files, ...rest }, happening) => ({
      ...rest,
      files: {
        ...files,
        rename: (...given) =>
          pipe(
            files.rename(...given),
            TE.flatMap(() => happening),
          ),
      },
    }),
  },
  {
    ...before,
    name: 'before the name is given',
    ifExists: ['fail'],
    change: ({ files, ...rest }, happening) => ({
      ...rest,
      files: {
        ...files,
        link: (from, to) => (isPartFile(to) ? files.link(from, to) : happening),
      },
    }),
  },
  {
    ...after,
    name: 'after the name is given, before the part file loses its own',
    ifExists: ['fail'],
    change: ({ files, ...rest }, happening) => ({
      ...rest,
      files: {
        ...files,
        link: (from, to) =>
          isPartFile(to)
            ? files.link(from, to)
            : pipe(
                files.link(from, to),
                TE.flatMap(() => happening),
              ),
      },
    }),
  },
  {
    ...after,
    name: 'before the folder is synced',
    change: (effects, happening) =>
      onceProven(({ folders, ...rest }, when) => ({
        ...rest,
        folders: { ...folders, sync: (path) => async () => when(happening, folders.sync(path))() },
      }))(effects),
  },
  {
    ...after,
    name: 'before the breakpoint is removed',
    change: ({ breakpoints, ...rest }, happening) => ({
      ...rest,
      breakpoints: { ...breakpoints, remove: () => happening },
    }),
  },
  {
    ...after,
    name: 'after the breakpoint is removed',
    change: ({ breakpoints, ...rest }, happening) => ({
      ...rest,
      breakpoints: {
        ...breakpoints,
        remove: (key) =>
          pipe(
            breakpoints.remove(key),
            TE.flatMap(() => happening),
          ),
      },
    }),
  },
];

/** Whether a file can have two names is tried out beside the target. */
const isPartFile = (path: string): boolean => path.endsWith('.part');

const CASES = STEPS.flatMap((step) =>
  step.ifExists.flatMap((ifExists) =>
    (['vanishes', 'fails'] as const).map((how) => [how, step.name, ifExists, step] as const),
  ),
);

/** A run that comes so far, and no farther. */
const endAt = async (
  scene: Scene,
  step: Step,
  how: 'vanishes' | 'fails',
  ifExists: DiskPolicy['ifExists'],
) => {
  if (how === 'vanishes') return vanishAt(scene, step.change, { disk: { ifExists } });
  const failure: Happening = diskFailed('EIO', 'do', step.name);
  const change = (effects: DownloadEffects) =>
    step.change(effects, failure as TE.TaskEither<never, never>);
  await run(scene, { disk: { ifExists }, change });
};

describe('a run that ends in its last steps', () => {
  test.each(CASES)(
    'W16 %s %s (%s): the next ends right, without a byte',
    async (how, _, ifExists, step) => {
      const scene = await setScene({ put: PUT });
      await endAt(scene, step, how, ifExists);
      expect((await fileAt(scene.target)) !== null).toBe(step.isNamed);
      const left = await journals(scene.store);
      const isClaimed = how === 'fails' && left.some((name) => name.endsWith('.claim'));
      expect(isClaimed, 'a claim outlives its run').toBe(false);
      if (left.length === 0) {
        expect((await fileAt(scene.target))?.equals(scene.content)).toBe(true);
        return;
      }

      scene.server.setFaults([DENIED]);
      if (step.isProven) await scene.server.close();
      else scene.server.setFaults([]);
      const done = await run(scene, { disk: { ifExists } });
      await expectDone(scene, done);
      expect(done.fetches).toEqual([]);
      expect(done.requests).toHaveLength(step.isProven ? 0 : 1);
      expect(done.outcome).toMatchObject({ resumedBytes: 10_000, fetchedBytes: 0 });
    },
  );

  test('W16 a file of two names is finished by a run that may replace it, too', async () => {
    const scene = await setScene({ put: PUT });
    const [step] = STEPS.filter(({ name }) => name.startsWith('after the name is given'));
    if (step !== undefined) await endAt(scene, step, 'fails', 'fail');
    await expectDone(scene, await run(scene, { disk: { ifExists: 'overwrite' } }));
  });

  test('W16 a byte that goes bad between the end of one run and the next is fetched', async () => {
    const scene = await setScene({ put: PUT });
    const [step] = STEPS.filter(({ name }) => name === 'before the rename');
    if (step !== undefined) await endAt(scene, step, 'fails', 'overwrite');
    const [path = ''] = (await leftovers(scene)).filter((name) => name.endsWith('.part'));
    const content = await readFile(path);
    content[4_321] = (content[4_321] ?? 0) ^ 1;
    await writeFile(path, content);
    const done = await run(scene);
    expect(done.fetches.map(({ range }) => range)).toEqual(['bytes=4000-4999']);
    await expectDone(scene, done);
  });
});

describe('the file that was there before', () => {
  test.each(
    STEPS.filter(({ ifExists }) => ifExists.includes('overwrite')).map(
      (it) => [it.name, it] as const,
    ),
  )('W17 is whole until the rename: %s', async (_, step) => {
    const scene = await setScene({ put: PUT });
    const old = contentOf(5_000, 8);
    await writeFile(scene.target, old);
    await endAt(scene, step, 'vanishes', 'overwrite');
    const expected = step.isNamed ? scene.content : old;
    expect((await fileAt(scene.target))?.equals(expected)).toBe(true);
    await expectDone(scene, await run(scene));
  });
});
