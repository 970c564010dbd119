/** Whatever goes wrong where nobody expected it: one line, and the exit code that it deserves. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { failureOf } from '../../src/cli/failure.ts';
import { DownloadFailed } from '../../src/index.ts';
import { fault } from '../../src/testing/index.ts';
import { jsonOf, runCli, SIGNED_IN, serve, temporaryFolder } from './run-cli.ts';

describe('failureOf', () => {
  test('of a failed download is its own', () => {
    const failed = new DownloadFailed({ _tag: 'Busy', host: 'h', pid: 1 }, true);
    expect(failureOf(failed)).toMatchObject({ error: failed.error, resumable: true });
  });

  test('of an error of the file system is that the disk failed', () => {
    const path = join(import.meta.filename, 'x');
    const thrown = (() => {
      try {
        return statSync(path);
      } catch (error) {
        return error;
      }
    })();
    expect(failureOf(thrown)).toEqual({
      error: { _tag: 'DiskFailed', code: 'ENOTDIR', operation: 'stat', path },
      resumable: false,
    });
  });

  test('of any other exception is a defect', () => {
    expect(failureOf(new TypeError('x'))).toMatchObject({ error: { _tag: 'Defect' } });
    expect(failureOf('x')).toMatchObject({ error: { _tag: 'Defect', message: 'x' } });
  });
});

describe('an exception that nobody catches', () => {
  /** Throws as soon as the command has begun to listen for exceptions. */
  const throwing = (error: string) => {
    const script = `process.on('newListener', (name) => {
      if (name === 'uncaughtException') setImmediate(() => { throw ${error}; });
    });`;
    return { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(script)}` };
  };
  const DISK = "Object.assign(new Error('x'), { code: 'EROFS', syscall: 'mkdir', path: '/store' })";

  test.each([
    [1, 'Defect', "new TypeError('a\\nb')", 'A defect in the program: TypeError: a\ufffdb. '],
    [5, 'DiskFailed', DISK, 'mkdir "/store": the file system is read-only (EROFS).'],
  ])('ends with %i and one line: %s', async (code, tag, error, words) => {
    const server = await serve({ faults: [fault.delayHead(60_000)] });
    const target = join(await temporaryFolder(), 'object.bin');
    const line = ['get', 'oss://bucket/key', target, '--endpoint', server.url, '--json'];
    const end = await runCli(line, { env: { ...SIGNED_IN, ...throwing(error) } });
    expect(end.stderr).toMatch(/^partwise: .+\n$/);
    expect(end.stderr).toContain(words);
    expect(jsonOf(end.stdout)).toMatchObject([{ type: 'failed', error: { _tag: tag } }]);
    expect(end.code).toBe(code);
  });
});
