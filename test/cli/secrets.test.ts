/** Secrets that are planted wherever the command is given any appear nowhere in what it prints. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fault, forMethod, type OssServerOptions, once } from '../../src/testing/index.ts';
import { runCli, serve, temporaryFolder } from './run-cli.ts';

const ID = 'LTAI5tPlantedAccessKeyId';
const SECRET = 'planted-access-key-secret';
const TOKEN = 'planted-security-token';
const PLANTED = /planted/i;

const ACCOUNT = { accessKeyId: ID, accessKeySecret: SECRET, securityToken: TOKEN };
const ENV = {
  OSS_ACCESS_KEY_ID: ID,
  OSS_ACCESS_KEY_SECRET: SECRET,
  OSS_SESSION_TOKEN: TOKEN,
};
const QUERY = 'x-oss-signature=planted&x-oss-credential=planted&x-oss-security-token=planted';

/** Runs `get` plainly and with `--json`; returns all that was printed and left on disk. */
const printed = async (
  options: OssServerOptions,
  words: (url: string) => ReadonlyArray<string>,
): Promise<string> => {
  const server = await serve({ accounts: [ACCOUNT], ...options });
  let all = '';
  for (const more of [[], ['--json']]) {
    const folder = await temporaryFolder();
    const rest = ['--store', folder, '--part-size', '100KB', '--threshold', '0', '--retries', '1'];
    const line = ['get', ...words(server.url), ...rest, ...more];
    const { stdout, stderr } = await runCli(line, { env: ENV, cwd: folder });
    all += stdout + stderr;
    for (const name of (await readdir(folder)).filter((it) => it.endsWith('.journal'))) {
      all += await readFile(join(folder, name), 'latin1');
    }
  }
  return all;
};

const oss = (url: string) => ['oss://bucket/synthetic/7/1MB', 'object.bin', '--endpoint', url];
const signed = (url: string) => [`${url}/bucket/synthetic/7/1MB?${QUERY}`, 'object.bin'];
const withHeaders = (url: string) => [
  ...[`${url}/bucket/synthetic/7/1MB`, 'object.bin'],
  ...['--header', 'Authorization: Bearer planted', '--header', 'Cookie: planted'],
];

describe('no secret is printed', () => {
  const cut = forMethod('GET', once(fault.cutAfter(1000)));

  test.each([
    ['of credentials that work', { faults: [cut] }, oss, 'CRC-64'],
    ['of credentials that are refused', { accounts: [] }, oss, 'InvalidAccessKeyId'],
    ['of credentials while the network fails', { faults: [fault.reset] }, oss, 'ECONNRESET'],
    ['of a signed URL that is refused', {}, signed, 'ServerRefused'],
    ['of a signed URL while the network fails', { faults: [fault.reset] }, signed, 'ECONNRESET'],
    ['of a signed URL that is cut', { faults: [fault.cutAfter(5)] }, signed, 'failed'],
    ['of headers', { faults: [fault.refuse(403, 'AccessDenied')] }, withHeaders, 'AccessDenied'],
    ['of headers while the network fails', { faults: [fault.reset] }, withHeaders, 'ECONNRESET'],
  ] as const)('%s', async (_, options, words, proof) => {
    const text = await printed(options, words);
    expect(text).toContain(proof);
    expect(text).not.toMatch(PLANTED);
  });
});
