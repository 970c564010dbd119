/** Standard output that cannot be written: a reader that went away, and a disk that is full. */
import { spawn } from 'node:child_process';
import { existsSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import type { WriteStream } from 'node:tty';
import { describe, expect, test } from 'vitest';
import { outputTo } from '../../src/cli/output.ts';
import { builtMain, serve, temporaryFolder } from './run-cli.ts';

/** A stream that takes `room` writes, and then fails. */
const failing = (code: string, room: number) => {
  const written: Array<string> = [];
  const stream = new Writable({
    write: (chunk, _, done) => {
      if (written.length === room) return done(Object.assign(new Error(code), { code }));
      written.push(String(chunk));
      return done();
    },
  });
  return { written, output: outputTo(stream as unknown as WriteStream) };
};

describe('outputTo', () => {
  test.each([
    ['ENOSPC', 'ENOSPC'],
    ['EIO', 'EIO'],
    ['EPIPE', null],
    ['ECONNRESET', null],
  ])('after %s nothing more is written, and flush says %j', async (code, said) => {
    const { written, output } = failing(code, 1);
    output.line('a');
    output.line('b');
    expect(await output.flush()).toBe(said);
    output.line('c');
    expect(await output.flush()).toBe(said);
    expect(written).toEqual(['a\n']);
  });

  test('flush says nothing where all was written', async () => {
    const { written, output } = failing('EIO', 9);
    output.line('a');
    expect(await output.flush()).toBeNull();
    expect(written[0]).toBe('a\n');
  });
});

/** Linux has it: every write to it fails with ENOSPC. */
const FULL = '/dev/full';

/** Runs the command with its standard output on a full disk. */
const runIntoFull = async (words: ReadonlyArray<string>) => {
  const stdio = ['ignore', openSync(FULL, 'w'), 'pipe'] as const;
  const child = spawn(process.execPath, [await builtMain(), ...words], { stdio: [...stdio] });
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const code = await new Promise((resolve) => child.once('close', resolve));
  return { code, stderr };
};

describe.skipIf(!existsSync(FULL))('a disk that is full under standard output', () => {
  const lost = 'partwise: Not all lines could be written to standard output (ENOSPC).\n';

  test('is an error of the disk, though the file is in place', async () => {
    const server = await serve({ anonymousRead: true });
    const folder = await temporaryFolder();
    const target = join(folder, 'object.bin');
    const words = ['get', `${server.url}/bucket/synthetic/7/1MB`, target, '--json'];
    const end = await runIntoFull([...words, '--store', join(folder, 'store')]);
    expect(end).toEqual({ code: 5, stderr: lost });
    expect(existsSync(target)).toBe(true);
  });

  test('hides no other exit code', async () => {
    const { code, stderr } = await runIntoFull(['get', 'ftp://host/a', '--json']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^partwise: source: .+\n/);
    expect(stderr.endsWith(lost)).toBe(true);
  });

  test('is an error of other commands, too', async () => {
    expect(await runIntoFull(['get', '--help'])).toEqual({ code: 5, stderr: lost });
  });
});
