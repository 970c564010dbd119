/** The official SDK against the embedded server: it signs, the server verifies. */
import { createRequire } from 'node:module';
import { afterEach, describe, expect, test } from 'vitest';
import { DEMO_ACCOUNT, type OssServer, startOssServer } from '../../../src/testing/index.ts';
import { ask } from './ask.ts';

/** The part of ali-oss, which has no types, that is used here. */
interface Sdk {
  readonly head: (
    key: string,
    options?: SdkOptions,
  ) => Promise<{ readonly status: number; readonly res: SdkAnswer }>;
  readonly get: (
    key: string,
    options?: SdkOptions,
  ) => Promise<{ readonly content: Buffer; readonly res: SdkAnswer }>;
  readonly signatureUrlV4: (
    method: string,
    expires: number,
    request: object,
    key: string,
  ) => Promise<string>;
}
interface SdkOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly versionId?: string;
}
interface SdkAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
}
const AliOss: new (options: object) => Sdk = createRequire(import.meta.url)('ali-oss');

const KEY = "dir/例子 a+b~!*'().txt";
const CONTENT = Buffer.from('0123456789');

let server: OssServer;
afterEach(() => server.close());

const start = async (): Promise<OssServer> => {
  server = await startOssServer({ region: 'cn-hangzhou', requesterPays: ['paid-bucket'] });
  server.put('photos', KEY, CONTENT, { versionId: 'CAEQ/+=' });
  server.put('paid-bucket', KEY, CONTENT);
  return server;
};

const sdk = (options: object = {}): Sdk =>
  new AliOss({
    ...DEMO_ACCOUNT,
    authorizationV4: true,
    region: 'oss-cn-hangzhou',
    endpoint: server.url,
    bucket: 'photos',
    ...options,
  });

describe('ali-oss with V4 signatures', () => {
  test('heads and gets by virtual host', async () => {
    await start();
    const head = await sdk().head(KEY);
    expect(head.res.headers['content-length']).toBe('10');
    expect((await sdk().get(KEY)).content).toEqual(CONTENT);
    expect(server.requests().map(({ signed, status }) => [signed, status])).toEqual([
      ['header', 200],
      ['header', 200],
    ]);
  });
  test('gets by path, with endpoint localhost', async () => {
    await start();
    const client = sdk({ endpoint: server.virtualHostUrl, sldEnable: true });
    expect((await client.get(KEY)).content).toEqual(CONTENT);
  });
  test('gets ranges, with conditions and standard behaviour', async () => {
    await start();
    const headers = { Range: 'bytes=8-99', 'x-oss-range-behavior': 'standard' };
    const { content, res } = await sdk().get(KEY, { headers });
    expect([res.status, content.toString()]).toEqual([206, '89']);
    await expect(sdk().get(KEY, { headers: { 'If-Match': 'X' } })).rejects.toMatchObject({
      status: 412,
      code: 'PreconditionFailed',
    });
  });
  test('gets a version whose id needs encoding', async () => {
    await start();
    const { res } = await sdk().get(KEY, { versionId: 'CAEQ/+=' });
    expect(res.headers['x-oss-version-id']).toBe('CAEQ/+=');
  });
  test('understands the errors', async () => {
    await start();
    await expect(sdk().get('no')).rejects.toMatchObject({ status: 404, code: 'NoSuchKey' });
    await expect(sdk().head('no')).rejects.toMatchObject({ status: 404, code: 'NoSuchKey' });
    await expect(sdk({ accessKeySecret: 'wrong' }).get(KEY)).rejects.toMatchObject({
      status: 403,
      code: 'SignatureDoesNotMatch',
      ecCode: '0002-00000040',
    });
    await expect(sdk({ region: 'oss-cn-beijing' }).get(KEY)).rejects.toMatchObject({
      code: 'InvalidArgument',
    });
  });
  test('pays when it says so', async () => {
    await start();
    const bucket = 'paid-bucket';
    await expect(sdk({ bucket }).get(KEY)).rejects.toMatchObject({ code: 'AccessDenied' });
    expect((await sdk({ bucket, isRequestPay: true }).get(KEY)).content).toEqual(CONTENT);
  });
  test('sends the token of temporary credentials', async () => {
    await start();
    server.setAccounts([{ ...DEMO_ACCOUNT, securityToken: 'T/+=' }]);
    await expect(sdk().get(KEY)).rejects.toMatchObject({ code: 'InvalidSecurityToken' });
    const refresh = { refreshSTSToken: () => expect.fail('the token is fresh') };
    const client = sdk({ stsToken: 'T/+=', refreshSTSTokenInterval: 600_000, ...refresh });
    expect((await client.get(KEY)).content).toEqual(CONTENT);
  });
  test('presigns URLs that anyone can use, with any range, until they expire', async () => {
    await start();
    const client = sdk({ endpoint: server.virtualHostUrl, sldEnable: true });
    const url = new URL(await client.signatureUrlV4('GET', 60, {}, KEY));
    const path = url.pathname + url.search;
    const whole = await ask(server, { path });
    expect([whole.status, whole.body.toString()]).toEqual([200, '0123456789']);
    const range = await ask(server, { path, headers: { range: 'bytes=0-1', 'if-match': '*' } });
    expect([range.status, range.body.toString()]).toEqual([206, '01']);
    const extra = await ask(server, { path, headers: { 'x-oss-range-behavior': 'standard' } });
    expect(extra.status).toBe(403);
    expect((await ask(server, { method: 'HEAD', path })).status).toBe(403);
    expect(server.requests()[0]).toMatchObject({ signed: 'presigned', key: KEY });
  });
});
