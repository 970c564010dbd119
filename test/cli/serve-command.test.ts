/** `partwise serve` and `partwise demo` as processes: what they print is true. */
import { execFile } from 'node:child_process';
import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { runCli, SIGNED_IN, startCli, temporaryFolder } from './run-cli.ts';

const run = promisify(execFile);
const URL_SHOWN = /http:\/\/127\.0\.0\.1:\d+/;

const startServing = async (...words: ReadonlyArray<string>) => {
  const serving = await startCli(['serve', ...words]);
  let shown = '';
  await serving.until(({ stdout }) => {
    shown = stdout;
    return stdout.includes('export OSS_ACCESS_KEY_SECRET') && stdout.endsWith('\n');
  });
  return { ...serving, shown, url: URL_SHOWN.exec(shown)?.[0] ?? '' };
};

describe('partwise serve', () => {
  test('prints commands that work when they are pasted', async () => {
    const { shown, child, end } = await startServing('--anonymous');
    const folder = await temporaryFolder();
    const env = { PATH: process.env['PATH'], HOME: folder };
    const commands = shown.split('\n').filter((line) => line.startsWith('  '));
    const pasted = commands.map((line) => line.trim().replaceAll('200MB', '3MB'));
    const ours = pasted.filter((line) => !line.startsWith('curl '));
    expect(ours).toHaveLength(4);
    await run('sh', ['-ec', ours.join('\n')], { cwd: folder, env });
    const left = (await readdir(folder)).filter((name) => name !== '.partwise');
    expect(left).toEqual(['object.bin']);
    expect((await stat(join(folder, 'object.bin'))).size).toBe(3_000_000);
    child.kill('SIGINT');
    expect((await end).code).toBe(130);
  });

  test('serves the files of a folder to its account only', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'bucket'));
    await writeFile(join(folder, 'bucket', 'key'), 'content');
    const { url } = await startServing(folder);
    const words = ['get', 'oss://bucket/key', folder, '--endpoint', url, '--store', folder];
    const refused = await runCli([...words, '--anonymous']);
    const served = await runCli(words, { env: SIGNED_IN });
    expect([refused.code, served.code]).toEqual([3, 0]);
    expect(await readdir(folder)).toContain('key');
  });

  test('a port that is taken or is none, and a missing folder, are told', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => taken.once('listening', resolve));
    const address = taken.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const ends = [
      await runCli(['serve', '--port', String(port)]),
      await runCli(['serve', '--port', '65536']),
      await runCli(['serve', '/missing/folder']),
    ];
    taken.close();
    expect(ends.map(({ code }) => code)).toEqual([2, 2, 5]);
    expect(ends[0]?.stderr).toContain('--port');
    expect(ends[2]?.stderr).toContain('/missing/folder');
  });
});

describe('partwise demo', () => {
  test('is killed, resumes, compares and ends with 0', async () => {
    const { code, stdout, stderr } = await runCli(['demo']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/SIGKILL at \d\d %/); // After 40 %, as soon as a busy machine sees it.
    for (const word of ['Resumes after', 'byte by byte: identical', 'CRC-64']) {
      expect(stdout).toContain(word);
    }
    expect(stdout).not.toContain('NOT');
  });
});
