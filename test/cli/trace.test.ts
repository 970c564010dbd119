/** `partwise get` with somebody looking on: a trace, an inspector, and what is refused of them. */
import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  type Fault,
  fault,
  forMethod,
  type OssServerOptions,
  once,
} from '../../src/testing/index.ts';
import { loadTrace } from '../../src/trace/read-trace.ts';
import { runCli, SIGNED_IN, serve, startCli, temporaryFolder } from './run-cli.ts';
import { runHere } from './run-here.ts';

const arrange = async (options: OssServerOptions = {}) => {
  const server = await serve(options);
  const folder = await temporaryFolder();
  const target = join(folder, 'object.bin');
  const trace = join(folder, 'trace.jsonl');
  const words = (...more: ReadonlyArray<string>) => [
    ...['get', 'oss://bucket/synthetic/7/1MB', target, '--endpoint', server.url],
    ...['--store', join(folder, 'store'), '--part-size', '100KB', '--threshold', '0'],
    ...more,
  ];
  return { server, folder, target, trace, words };
};

const traceAt = async (path: string) => {
  const read = await loadTrace(path);
  if (read._tag === 'Left') throw new Error(read.left._tag);
  return read.right;
};

describe('partwise get --trace', () => {
  test('leaves a trace from the first state to the last', async () => {
    const cut = forMethod('GET', once(fault.cutAfter(1000)));
    const { words, trace } = await arrange({ faults: [cut] });
    const { code } = await runCli(words('--trace', trace), { env: SIGNED_IN });
    expect(code).toBe(0);
    const { header, records, isTorn } = await traceAt(trace);
    expect(header).toMatchObject({ partwise: expect.stringMatching(/^\d+\.\d+\.\d+/) });
    expect(header.host).toBe(`${process.version} ${process.platform} ${process.arch}`);
    expect(Math.abs(header.startedAtMs - Date.now())).toBeLessThan(60_000);
    expect(isTorn).toBe(false);
    const steps = records.filter((it) => it.type === 'step' && it.actor === 'download');
    expect(steps[0]).toMatchObject({ states: ['download.planning.surveying'] });
    expect(steps.at(-1)).toMatchObject({ states: ['download.renamed'] });
    expect(records.at(-1)).toMatchObject({ type: 'ended', actor: 'download', how: 'done' });
    const parts = records.filter((it) => it.type === 'started' && it.actor.startsWith('part-'));
    expect(parts).toHaveLength(10);
    const types = new Set(records.flatMap((it) => (it.type === 'event' ? [it.event.type] : [])));
    expect([...types]).toEqual(expect.arrayContaining(['part.retrying', 'delay.over']));
  });

  test('tells of a failure up to its end', async () => {
    const { words, trace } = await arrange({ faults: [fault.refuse(403, 'AccessDenied')] });
    const { code } = await runHere(words('--trace', trace), { env: SIGNED_IN });
    expect(code).toBe(3);
    const { records } = await traceAt(trace);
    expect(records.at(-2)).toMatchObject({ states: ['download.failed'] });
  });

  test('can be read after the process was killed', async () => {
    const { words, trace } = await arrange({ faults: [forMethod('GET', fault.slow(50_000))] });
    const run = await startCli(words('--trace', trace, '--json'), { env: SIGNED_IN });
    const count = ({ stdout }: { readonly stdout: string }) =>
      stdout.split('"type":"progress"').length;
    await run.until((written) => count(written) > 8);
    run.child.kill('SIGKILL');
    await run.end;
    const { records } = await traceAt(trace);
    expect(records).toContainEqual(expect.objectContaining({ type: 'started', actor: 'part-1' }));
  });

  test('on a full disk ends the trace, says so once, and downloads on', async () => {
    if (!existsSync('/dev/full')) return;
    const { words, target } = await arrange();
    const end = await runHere(words('--trace', '/dev/full'), { env: SIGNED_IN });
    expect(end.code).toBe(0);
    expect(end.stderr.split('The trace ends here')).toHaveLength(2);
    expect((await readFile(target)).length).toBe(1_000_000);
  });

  test('holds nothing of what the command was told in confidence', async () => {
    const refusal: Fault = {
      ...{ _tag: 'Refuse', status: 403, code: 'AccessDenied' },
      message: 'You sent opaque-planted, planted-parameter and planted-secret to this server.',
    };
    const { server, folder, trace } = await arrange({ faults: [() => refusal] });
    const url = `${server.url}/bucket/synthetic/7/1MB?token=planted-parameter`;
    const rest = ['--header', 'X-Custom: opaque-planted', '--store', folder, '--trace', trace];
    const env = { OSS_ACCESS_KEY_SECRET: 'planted-secret' };
    const { code } = await runHere(['get', url, join(folder, 'object.bin'), ...rest], { env });
    expect(code).toBe(3);
    const text = await readFile(trace, 'utf8');
    expect(text).toContain('You sent ***, *** and *** to this server.');
    expect(text).not.toContain('planted');
  });

  test('and --inspect are not wanted: nobody looks on', async () => {
    const { words } = await arrange();
    const { stderr } = await runHere(words(), { env: SIGNED_IN });
    expect(stderr).not.toMatch(/trace|Inspector/);
  });
});

describe('an onlooker that cannot be', () => {
  test.each([
    ['--trace', 'missing/trace.jsonl', 'a folder that exists'],
    ['--trace', '.', 'a folder that exists'],
    ['--trace', 'object.bin', 'another file than the target'],
    ['--inspect', '65536', '0 to 65535'],
    ['--inspect', 'here', '0 to 65535'],
    ['--inspect', 'stately:99999', 'stately'],
  ])('%s %s ends with 2 and says what is allowed', async (option, value, allowed) => {
    const { words, folder, server } = await arrange();
    await mkdir(join(folder, 'store'));
    const given = option === '--trace' ? join(folder, value) : value;
    const { code, stderr } = await runHere(words(option, given), { env: SIGNED_IN });
    expect(code).toBe(2);
    for (const word of [option, given, allowed]) expect(stderr).toContain(word);
    expect(server.requests()).toEqual([]);
  });

  test('--inspect on a port that is taken ends with 2, and names the code', async () => {
    const { words, server } = await arrange();
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const port = String((taken.address() as { readonly port: number }).port);
    const { code, stderr } = await runHere(words('--inspect', port), { env: SIGNED_IN });
    await new Promise((resolve) => taken.close(resolve));
    expect(code).toBe(2);
    expect(stderr).toContain('EADDRINUSE');
    expect(server.requests()).toEqual([]);
  });
});

test('partwise get --inspect prints where the page is, and ends as without', async () => {
  const { words, trace } = await arrange();
  const run = await runCli(words('--inspect', '--trace', trace), { env: SIGNED_IN });
  expect(run.code).toBe(0);
  expect(run.stderr).toMatch(/^Inspector: http:\/\/127\.0\.0\.1:\d+\/\S+$/m);
  expect((await traceAt(trace)).records.at(-1)).toMatchObject({ type: 'ended' });
});

test('partwise get --watch without a terminal prints plain lines', async () => {
  const { words } = await arrange();
  const plain = await runHere(words('--watch'), { env: SIGNED_IN });
  expect(plain.code).toBe(0);
  expect(plain.stderr).toMatch(/CRC-64 \d+\.\n$/);
});
