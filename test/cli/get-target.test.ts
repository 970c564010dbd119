/** TARGETs that cannot be created: the disk's own words, one line, and the disk's exit code. */
import { symlink, writeFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { expect, test } from 'vitest';
import { jsonOf, runCli, SIGNED_IN, serve, temporaryFolder } from './run-cli.ts';
import { runHere } from './run-here.ts';

const arrange = async () => {
  const server = await serve();
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'file'), '');
  await symlink('loop', join(folder, 'loop'));
  const words = (target: string, ...more: ReadonlyArray<string>) => [
    ...['get', 'oss://bucket/synthetic/7/1MB', target],
    ...['--endpoint', server.url, '--store', join(folder, 'store'), ...more],
  ];
  return { server, folder, words };
};

test.each([
  ['ENOTDIR', 'a path through a file', join('file', 'object.bin')],
  ['ENOTDIR', 'a folder that is a file', `file${sep}`],
  ['ELOOP', 'a link to itself', 'loop'],
  ['ELOOP', 'a path through a link to itself', join('loop', 'object.bin')],
  ['ENAMETOOLONG', 'a name that is too long', 'n'.repeat(300)],
  ['ENAMETOOLONG', 'a path through a name that is too long', join('n'.repeat(300), 'x')],
])('%s ends with 5 before anything is asked: %s', async (code, _, name) => {
  const { server, folder, words } = await arrange();
  const end = await runHere(words(join(folder, name), '--json'), { env: SIGNED_IN });
  expect(end.stderr).toMatch(new RegExp(`^partwise: .*${code}.*\\n$`));
  expect(jsonOf(end.stdout)).toMatchObject([
    { type: 'failed', error: { _tag: 'DiskFailed', code } },
  ]);
  expect(end.code).toBe(5);
  expect(server.requests()).toEqual([]);
});

test('the process ends so, too', async () => {
  const { folder, words } = await arrange();
  const end = await runCli(words(join('file', 'x')), { env: SIGNED_IN, cwd: folder });
  expect(end).toMatchObject({ code: 5, stdout: '' });
  expect(end.stderr).toMatch(/^partwise: .+\(ENOTDIR\)\.\n$/);
});
