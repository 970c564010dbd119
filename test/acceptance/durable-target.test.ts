/** The target: whole or old, never replaced against a wish, with the permissions that were asked. */
import { rm, stat, symlink, writeFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { nodeFileSystem } from '../../src/effects/file-system.node.ts';
import { E } from '../../src/fp.ts';
import type { DownloadEffects } from '../../src/machines/provide-effects.ts';
import { rangeContains } from '../../src/testing/index.ts';
import { DENIED, diskFailed, halfDone, PUT, partFileOf, setHeader } from './durable-tools.ts';
import { expectDone, fileAt, leftovers, run, setScene } from './scene.ts';

describe('a file that has the target’s name', () => {
  test('W17 is kept by a download that fails', async () => {
    const scene = await setScene();
    await writeFile(scene.target, 'the old one');
    scene.server.setFaults([rangeContains(7_000, DENIED)]);
    expect((await run(scene)).error?._tag).toBe('ServerRefused');
    expect(String(await fileAt(scene.target))).toBe('the old one');
  });

  test('W17 W18 is not replaced where that was forbidden, and nothing is asked', async () => {
    const scene = await setScene();
    await writeFile(scene.target, 'the old one');
    const failed = await run(scene, { disk: { ifExists: 'fail' } });
    expect(failed.error).toMatchObject({ _tag: 'DiskFailed', code: 'EEXIST', path: scene.target });
    expect(failed.requests).toEqual([]);
    expect(String(await fileAt(scene.target))).toBe('the old one');
  });

  test('W17 that comes during the download wins where nothing may be replaced', async () => {
    const scene = await setScene();
    const comes = (effects: DownloadEffects): DownloadEffects => ({
      ...effects,
      files: {
        ...effects.files,
        link: (from, to) => async () => {
          await writeFile(scene.target, 'a stranger');
          return effects.files.link(from, to)();
        },
      },
    });
    const failed = await run(scene, { disk: { ifExists: 'fail' }, change: comes });
    expect(failed.error).toMatchObject({ _tag: 'DiskFailed', code: 'EEXIST' });
    expect(String(await fileAt(scene.target))).toBe('a stranger');
    await scene.server.close();
    await expectDone(scene, await run(scene)); // Now it may be replaced, and costs no request.
  });
});

describe('a file that got the inode of a removed part file', () => {
  /** The user's own, as long as the object, and with every mark of the part file on record. */
  const takeInode = async () => {
    const scene = await halfDone();
    await rm(await partFileOf(scene));
    const mine = Buffer.alloc(scene.content.length, 'MINE');
    await writeFile(scene.target, mine);
    const facts = await nodeFileSystem.facts(scene.target)();
    expect(facts).toMatchObject({ right: { kind: 'file', size: mine.length } });
    await setHeader(scene, 'partFile.identity', E.isRight(facts) ? facts.right?.identity : '');
    return { scene, mine };
  };

  test('W17 is refused before any request where nothing may be replaced', async () => {
    const { scene, mine } = await takeInode();
    const failed = await run(scene, { disk: { ifExists: 'fail' } });
    expect(failed.error).toMatchObject({ _tag: 'DiskFailed', code: 'EEXIST', path: scene.target });
    expect(failed.requests).toEqual([]);
    expect((await fileAt(scene.target))?.equals(mine)).toBe(true);
  });

  test('W17 is whole until it is replaced at once', async () => {
    const { scene, mine } = await takeInode();
    scene.server.setFaults([rangeContains(7_000, DENIED)]);
    const failed = await run(scene);
    expect(failed.error?._tag).toBe('ServerRefused');
    expect(failed.verdict).toEqual({ _tag: 'Restarted', because: { _tag: 'PartFileMissing' } });
    expect((await fileAt(scene.target))?.equals(mine)).toBe(true);
    scene.server.setFaults([]);
    await expectDone(scene, await run(scene));
  });
});

describe('a symbolic link of the target’s name that leads nowhere', () => {
  test('W17 is refused before any request where nothing may be replaced', async () => {
    const scene = await setScene();
    await symlink(`${scene.folder}/nowhere`, scene.target);
    const failed = await run(scene, { disk: { ifExists: 'fail' } });
    expect(failed.error).toMatchObject({ _tag: 'DiskFailed', code: 'EEXIST', path: scene.target });
    expect(failed.requests).toEqual([]);
    await expectDone(scene, await run(scene));
  });
});

describe('a disk without links', () => {
  test('W17 is found out before the first byte where nothing may be replaced', async () => {
    const scene = await setScene();
    const linkless = (effects: DownloadEffects): DownloadEffects => ({
      ...effects,
      files: { ...effects.files, link: (_, to) => diskFailed('EPERM', 'create', to) },
    });
    const failed = await run(scene, { disk: { ifExists: 'fail' }, change: linkless });
    expect(failed.error).toMatchObject({ _tag: 'UsageError', option: 'ifExists', value: 'fail' });
    expect(failed.fetches).toEqual([]);
    expect(await leftovers(scene)).toEqual([]);
    await expectDone(scene, await run(scene, { change: linkless }));
  });
});

describe('the file’s permissions and date', () => {
  test('W17 are as wished, the server’s date to the second', async () => {
    const scene = await setScene({ put: PUT });
    const disk = { mode: 0o640, modifiedTime: 'server' } as const;
    await expectDone(scene, await run(scene, { disk }));
    const { mode, mtimeMs } = await stat(scene.target);
    expect(mode & 0o7777).toBe(0o640);
    expect(mtimeMs).toBe(PUT.lastModified);
  });

  test('W17 are those of any new file where nobody wished', async () => {
    const scene = await setScene({ put: PUT });
    const startedAtMs = Date.now();
    await expectDone(scene, await run(scene));
    const usual = `${scene.folder}/usual`;
    await writeFile(usual, '');
    const [ours, others] = [await stat(scene.target), await stat(usual)];
    expect(ours.mode).toBe(others.mode);
    expect(ours.mtimeMs).toBeGreaterThan(startedAtMs - 2_000);
  });
});
