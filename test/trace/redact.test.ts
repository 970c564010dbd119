/** What leaves the process: plain, finite, and without secrets. */
import { describe, expect, test } from 'vitest';
import { createActor } from 'xstate';
import { startContext } from '../../src/machines/download-context.ts';
import { maskText } from '../../src/trace/mask-text.ts';
import { LIST_LENGTH_MAX, redactor, TEXT_LENGTH_MAX } from '../../src/trace/redact.ts';
import { scriptedInput, scriptedMachine } from './scripted-download.ts';

const redact = redactor();

describe('maskText', () => {
  test.each([
    ['GET https://me:planted@h/k failed', 'GET https://h/k failed'],
    ['https://me:pla@nted@h/k', 'https://h/k'],
    ['https://h/k?OSSAccessKeyId=planted&Signature=planted', 'https://h/k?…'],
    ['see "https://h/k?a=planted", then', 'see "https://h/k?…", then'],
    ['https://h/k#planted', 'https://h/k?…'],
    ['/k?x-oss-security-token=planted&b=1', '/k?x-oss-security-token=***&b=1'],
    ['k%3Fx-oss-signature%3Dplanted', '***'],
    ['Authorization: OSS4-HMAC-SHA256 Credential=planted, Signature=planted', '***'],
    ['authorization=Bearer planted', '***'],
    ['cookie: a=planted; b=planted', '***'],
    ['x-oss-security-token: planted', '***'],
    ['got Bearer planted.', '***'],
    ['Basic cGxhbnRlZA==', '***'],
    ['{"accessKeySecret":"planted","n":1}', '{"accessKeySecret":"***","n":1}'],
    ['<OSSAccessKeyId>planted</OSSAccessKeyId>', '<OSSAccessKeyId>***</OSSAccessKeyId>'],
    ['<SignatureProvided>planted/+=</SignatureProvided>', '<SignatureProvided>***</S'],
    ['<StringToSign>GET\nplanted</StringToSign>', '<StringToSign>***</StringToSign>'],
    ['the key LTAI5tPlantedPlanted is unknown', 'the key LTAI*** is unknown'],
    ['STS.NPlantedPlanted is unknown', 'STS.*** is unknown'],
    ['password=planted', 'password=***'],
    ['https://h/k?sig=planted', 'https://h/k?…'],
    ['/k?sig=planted', '/k?sig=***'],
  ])('masks what is secret in %s', (text, shown) => {
    expect(maskText(text)).toContain(shown);
    expect(maskText(text)).not.toMatch(/planted|cGxhbnRlZA/i);
  });

  test.each([
    'oss://examplebucket/exampledir/object.bin',
    'The request signature we calculated does not match the signature you provided.',
    'connect ECONNREFUSED 127.0.0.1:443',
    'bytes 0-9/10: "EFA9DE46"',
    '/home/me/downloads/object (1).bin',
    'part.backingOff: after backoff 0',
  ])('leaves %s as it is', (text) => {
    expect(maskText(text)).toBe(text);
  });
});

describe('redactor', () => {
  test('leaves the context of a download as it is', () => {
    const context = startContext(scriptedInput());
    expect(redact(context)).toEqual(context);
  });

  test('masks fields whose names say that they are secret, whatever they hold', () => {
    const secret = { accessKeyId: 'a', accessKeySecret: 'b', securityToken: { c: 1 }, Cookie: [2] };
    const values = Object.values(redact(secret) as object);
    expect(values).toEqual(['***', '***', '***', '***']);
    expect(redact({ token: null })).toEqual({ token: null });
  });

  test('masks texts that are known to be secret wherever they stand', () => {
    const known = redactor({ secrets: ['opaque-value', 'opaque-value-and-more', 'abc'] });
    const value = { a: ['x opaque-value y'], 'opaque-value': 'opaque-value-and-more', b: 'abc' };
    expect(known(value)).toEqual({ a: ['x *** y'], '***': '***', b: 'abc' });
  });

  test('makes plain JSON of anything', () => {
    const self: Record<string, unknown> = { n: 10n, f: () => {}, u: undefined, inf: Infinity };
    self['self'] = self;
    self['date'] = new Date(0);
    self['map'] = new Map([['a', 1]]);
    self['bytes'] = new Uint8Array(3);
    self['url'] = new URL('https://me:planted@h/k?token=planted');
    self['symbol'] = Symbol('s');
    Object.defineProperty(self, 'bad', { enumerable: true, get: () => fail() });
    expect(redact(self)).toEqual({
      ...{ n: '10', f: '[function f]', inf: 'Infinity', self: '[circular]' },
      ...{ date: '1970-01-01T00:00:00.000Z', map: '[Map]', bytes: '[Uint8Array]' },
      ...{ url: 'https://h/k?…', symbol: 'Symbol(s)', bad: '[unreadable]' },
    });
  });

  test('names actors, and makes data of exceptions', () => {
    const actor = createActor(scriptedMachine({ partCount: 1 }), {
      ...{ id: 'mine', input: scriptedInput() },
    });
    const cause = Object.assign(new Error('Signature=planted'), { code: 'EPIPE' });
    expect(redact({ actor, error: new TypeError('wrong', { cause }) })).toEqual({
      actor: '[actor mine]',
      error: {
        ...{ name: 'TypeError', message: 'wrong' },
        cause: { name: 'Error', message: 'Signature=***', code: 'EPIPE' },
      },
    });
  });

  test('cuts what is long or deep, and says so', () => {
    const long = redact('x'.repeat(1_000_000)) as string;
    expect(long).toBe(`${'x'.repeat(TEXT_LENGTH_MAX)}… (1000000 characters)`);
    const list = redact(Array.from({ length: LIST_LENGTH_MAX + 5 }, () => 1));
    expect(list).toHaveLength(LIST_LENGTH_MAX + 1);
    expect((list as ReadonlyArray<unknown>).at(-1)).toBe('… 5 more');
    let deep: unknown = 'bottom';
    for (let depth = 0; depth < 1_000; depth++) deep = { deep };
    expect(JSON.stringify(redact(deep)).length).toBeLessThan(200);
  });

  test('finds a secret that stands across the cut', () => {
    const text = `${'x'.repeat(TEXT_LENGTH_MAX - 4)} Signature=${'planted'.repeat(100)}`;
    expect(redact(text)).not.toMatch(/planted/);
  });

  test('a field that is called __proto__ is only a field', () => {
    const safe = redact(JSON.parse('{"__proto__":{"polluted":1}}'));
    expect(Object.getPrototypeOf(safe)).toBe(Object.prototype);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });
});

const fail = (): never => {
  throw new Error('a getter that throws');
};
