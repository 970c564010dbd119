/** `partwise replay` as a process: a page on a trace, or a clear no. */
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runCli, startCli, temporaryFolder } from './run-cli.ts';

const HEADER = { trace: 'partwise', version: 1, startedAtMs: 0, partwise: '0.1.0', host: 'test' };
const RECORD = { type: 'started', at: 0, actor: 'download' };

const traceOf = async (...lines: ReadonlyArray<string>): Promise<string> => {
  const file = join(await temporaryFolder(), 'download.trace');
  await writeFile(file, lines.join('\n'));
  return file;
};

describe('partwise replay', () => {
  test('prints an address, and serves the trace there until a signal', async () => {
    const file = await traceOf(JSON.stringify(HEADER), JSON.stringify(RECORD), '{"type":"st');
    const { until, child, end } = await startCli(['replay', file]);
    let url = '';
    await until(({ stdout }) => {
      url = /http:\/\/127\.0\.0\.1:\d+\/[0-9a-f]{32}\//.exec(stdout)?.[0] ?? '';
      return url !== '' && stdout.endsWith('\n');
    });
    const response = await fetch(`${url}events`);
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    const first = await reader?.read();
    expect(first?.value).toContain('"mode":"replay"');
    child.kill('SIGINT');
    const { code, stderr } = await end;
    expect(code).toBe(130);
    expect(stderr).toContain('breaks off');
    await reader?.cancel().catch(() => {});
  });

  test('refuses what is no trace, and a port that cannot be', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => taken.once('listening', resolve));
    const address = taken.address();
    const port = String(typeof address === 'object' ? address?.port : 0);
    const trace = await traceOf(JSON.stringify(HEADER), '');
    const ends = [
      await runCli(['replay', '/missing/download.trace']),
      await runCli(['replay', await traceOf('hello')]),
      await runCli(['replay', await traceOf(JSON.stringify({ ...HEADER, version: 2 }))]),
      await runCli(['replay', await traceOf(JSON.stringify(HEADER), 'hello', '')]),
      await runCli(['replay', trace, '--port', '65536']),
      await runCli(['replay', trace, '--port', port]),
    ];
    taken.close();
    expect(ends.map(({ code }) => code)).toEqual([2, 2, 2, 2, 2, 2]);
    expect(ends.map(({ stderr }) => stderr)).toEqual([
      expect.stringContaining('ENOENT'),
      expect.stringContaining('Not a trace'),
      expect.stringContaining('newer version'),
      expect.stringContaining('Line 2'),
      expect.stringContaining('--port'),
      expect.stringContaining('EADDRINUSE'),
    ]);
  });
});
