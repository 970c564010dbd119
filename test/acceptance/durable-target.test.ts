/** The target: whole or old, never replaced against a wish, with the permissions that were asked. */
import { stat, writeFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import type { DownloadEffects } from '../../src/machines/provide-effects.ts';
import { rangeContains } from '../../src/testing/index.ts';
import { DENIED, PUT } from './durable-tools.ts';
import { expectDone, fileAt, run, setScene } from './scene.ts';

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
