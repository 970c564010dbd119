import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import {
  anonymousCredentials,
  askForCredentials,
  type CredentialsProvider,
  environmentCredentials,
  staticCredentials,
} from '../../src/effects/credentials.ts';
import { E } from '../../src/fp.ts';

const never = new AbortController().signal;
const ask = (provider: CredentialsProvider, reason: 'request' | 'refresh' = 'request') =>
  askForCredentials(provider, reason, never);

const env = { OSS_ACCESS_KEY_ID: ' id\n', OSS_ACCESS_KEY_SECRET: 'hush' };
const key = { accessKeyId: 'id', accessKeySecret: 'hush', securityToken: null };

describe('environmentCredentials', () => {
  test('reads id, secret and token at each request', async () => {
    const changing: Record<string, string> = { ...env };
    const provider = environmentCredentials(changing);
    expect(await ask(provider)).toEqual(E.right(key));
    changing['OSS_SESSION_TOKEN'] = 'token';
    expect(await ask(provider)).toEqual(E.right({ ...key, securityToken: 'token' }));
  });

  test.each([
    [{}, 'OSS_ACCESS_KEY_ID is not set'],
    [{ OSS_ACCESS_KEY_ID: 'id', OSS_ACCESS_KEY_SECRET: ' ' }, 'OSS_ACCESS_KEY_SECRET is not set'],
  ])('of %j it says which variable is missing', async (incomplete, value) => {
    expect(await ask(environmentCredentials(incomplete))).toMatchObject({
      left: {
        _tag: 'UsageError',
        option: 'credentials',
        value,
        allowed: expect.stringMatching(
          /OSS_ACCESS_KEY_ID.*OSS_ACCESS_KEY_SECRET.*OSS_SESSION_TOKEN/,
        ),
      },
    });
  });

  test('is fresh only when the environment has changed', async () => {
    const changing: Record<string, string> = { ...env };
    const provider = environmentCredentials(changing);
    await ask(provider);
    expect(await ask(provider, 'refresh')).toMatchObject({
      left: { _tag: 'ServerRefused', code: 'CredentialsUnavailable' },
    });
    changing['OSS_ACCESS_KEY_SECRET'] = 'other';
    expect(await ask(provider, 'refresh')).toMatchObject({ right: { accessKeySecret: 'other' } });
  });
});

describe('staticCredentials and anonymousCredentials', () => {
  test('give what they were made of, and nothing fresher', async () => {
    expect(await ask(staticCredentials(key))).toEqual(E.right(key));
    expect(await ask(anonymousCredentials())).toEqual(E.right('anonymous'));
    for (const provider of [staticCredentials(key), anonymousCredentials()]) {
      expect(await ask(provider, 'refresh')).toMatchObject({
        left: { code: 'CredentialsUnavailable' },
      });
    }
  });
});

test('no provider shows a secret, however it is printed', async () => {
  const secret = staticCredentials({ ...key, securityToken: 'token' });
  await ask(secret);
  for (const provider of [secret, environmentCredentials(env)]) {
    const shown = [
      inspect({ provider }, { showHidden: true, depth: 9 }),
      JSON.stringify({ provider }),
      String(provider),
    ].join();
    expect(shown).not.toMatch(/hush|"token"|'token'/);
  }
});

describe('askForCredentials', () => {
  test('reports what a provider throws or rejects with, without query strings', async () => {
    const error = { _tag: 'NetworkFailed', code: 'ECONNRESET', message: 'reset' } as const;
    expect(await ask(() => Promise.reject(error))).toEqual(E.left(error));
    const thrower = () => {
      throw new TypeError('no answer of http://sts/?Signature=hush');
    };
    const result = await ask(thrower);
    expect(result).toMatchObject({ left: { message: 'TypeError: no answer of http://sts/?…' } });
  });

  test('takes a key without token, and drops white space', async () => {
    expect(await ask(() => ({ accessKeyId: ' id\n', accessKeySecret: 'hush\n' }))).toEqual(
      E.right(key),
    );
    for (const securityToken of [null, undefined, '', ' \n']) {
      expect(await ask(() => ({ ...key, securityToken }))).toEqual(E.right(key));
    }
  });

  test('takes nothing but the fields of a key, wherever they are', async () => {
    class Session {
      readonly expiresAt = 'soon';
      get accessKeyId() {
        return 'id';
      }
      get accessKeySecret() {
        return 'hush';
      }
    }
    expect(await ask(() => new Session())).toEqual(E.right(key));
  });

  test('reports what a field throws, too', async () => {
    const locked = {
      ...key,
      get accessKeySecret(): string {
        throw new Error('locked');
      },
    };
    expect(await ask(() => locked)).toMatchObject({ left: { message: 'Error: locked' } });
  });

  test.each<[string, unknown, string]>([
    ['nothing', undefined, 'no access key'],
    ['null', null, 'no access key'],
    ['a word', 'hush', 'no access key'],
    ['an id alone', { accessKeyId: 'id' }, 'no usable accessKeySecret'],
    ['an empty id', { ...key, accessKeyId: ' ' }, 'no usable accessKeyId'],
    ['a number', { ...key, accessKeySecret: 7 }, 'no usable accessKeySecret'],
    ['a broken token', { ...key, securityToken: 'hush\nhush' }, 'no usable securityToken'],
    ['a token that is no text', { ...key, securityToken: { hush: 1 } }, 'no usable securityToken'],
  ])('of a provider that gives %s, it says what is wrong and shows no secret', async (...it) => {
    const [, given, what] = it;
    for (const reason of ['request', 'refresh'] as const) {
      const result = await ask((() => given) as unknown as CredentialsProvider, reason);
      expect(result).toMatchObject({
        left: {
          _tag: 'UsageError',
          option: 'credentials',
          value: `The provider gave ${what}`,
          allowed: expect.stringMatching(/accessKeyId.*accessKeySecret.*securityToken.*anonymous/),
        },
      });
      expect(JSON.stringify(result)).not.toContain('hush');
    }
  });

  test('gives the signal on, and waits no longer than it', async () => {
    const stop = new AbortController();
    let given: AbortSignal | null = null;
    const hanging: CredentialsProvider = (_, signal) => {
      given = signal;
      return new Promise(() => {});
    };
    const asking = askForCredentials(hanging, 'request', stop.signal);
    await Promise.resolve();
    stop.abort({ _tag: 'Cancelled' });
    expect(await asking).toEqual(E.left({ _tag: 'Cancelled' }));
    expect(given).toBe(stop.signal);
  });
});
