/** Wishes of people: what is allowed, and what stands where nobody chose. */
import { describe, expect, test } from 'vitest';
import { DISK_POLICY_DEFAULT } from '../../src/domain/disk-policy.ts';
import {
  decodeTransferOptions,
  LANES_AUTO,
  LANES_MAX,
  type TransferOptions,
} from '../../src/domain/download-options.ts';
import { RETRY_DEFAULT } from '../../src/domain/retry.ts';
import { E } from '../../src/fp.ts';

const settingsOf = (options: TransferOptions) => {
  const decoded = decodeTransferOptions(options);
  if (E.isLeft(decoded)) throw new RangeError(JSON.stringify(decoded.left));
  return decoded.right;
};

describe('decodeTransferOptions', () => {
  test('decides all that nobody chose', () => {
    const defaults = {
      wishes: { partSize: 'auto', threshold: 8_388_608 },
      lanes: LANES_AUTO,
      retry: RETRY_DEFAULT,
      silenceMsMax: 30_000,
      verify: true,
      disk: DISK_POLICY_DEFAULT,
      isDurable: true,
    };
    expect(settingsOf({})).toEqual(defaults);
    const asked: TransferOptions = {
      partSize: undefined,
      concurrency: 'auto',
      threshold: undefined,
      retries: undefined,
      timeout: undefined,
      verify: undefined,
      verifyOnResume: undefined,
      ifExists: undefined,
      mode: undefined,
      modifiedTime: undefined,
      durability: undefined,
    };
    expect(settingsOf(asked)).toEqual(defaults);
  });

  test.each<[TransferOptions, object]>([
    [{ partSize: '100KB' }, { wishes: { partSize: 100_000 } }],
    [{ partSize: 100_000 }, { wishes: { partSize: 100_000 } }],
    [{ partSize: '5GiB' }, { wishes: { partSize: 5_368_709_120 } }],
    [{ threshold: 0 }, { wishes: { threshold: 0 } }],
    [{ threshold: '1.5MiB' }, { wishes: { threshold: 1_572_864 } }],
    [{ concurrency: 1 }, { lanes: 1 }],
    [{ concurrency: LANES_MAX }, { lanes: 256 }],
    [{ retries: 0 }, { retry: { attemptsMax: 1 } }],
    [{ retries: 1_000 }, { retry: { attemptsMax: 1_001 } }],
    [{ timeout: 1 }, { silenceMsMax: 1_000 }],
    [{ timeout: 1.5 }, { silenceMsMax: 1_500 }],
    [{ timeout: 86_400 }, { silenceMsMax: 86_400_000 }],
    [{ verify: false }, { verify: false }],
    [{ verifyOnResume: 'always' }, { disk: { verifyOnResume: 'always' } }],
    [{ verifyOnResume: 'afterBoot' }, { disk: { verifyOnResume: 'afterBoot' } }],
    [{ verifyOnResume: 'never' }, { disk: { verifyOnResume: 'never' } }],
    [{ ifExists: 'overwrite' }, { disk: { ifExists: 'overwrite' } }],
    [{ ifExists: 'fail' }, { disk: { ifExists: 'fail' } }],
    [{ mode: 0o200 }, { disk: { mode: 0o200 } }],
    [{ mode: 0o7777 }, { disk: { mode: 0o7777 } }],
    [{ modifiedTime: 'now' }, { disk: { modifiedTime: 'now' } }],
    [{ modifiedTime: 'server' }, { disk: { modifiedTime: 'server' } }],
    [{ durability: 'full' }, { isDurable: true }],
    [{ durability: 'none' }, { isDurable: false }],
  ])('%j is allowed', (options, settings) => expect(settingsOf(options)).toMatchObject(settings));

  test.each<[TransferOptions, string, string]>([
    [{ partSize: 99_999 }, 'partSize', '99999'],
    [{ partSize: '5.1GiB' }, 'partSize', '5.1GiB'],
    [{ partSize: 'large' }, 'partSize', 'large'],
    [{ partSize: 0 }, 'partSize', '0'],
    [{ partSize: Number.NaN }, 'partSize', 'NaN'],
    [{ threshold: -1 }, 'threshold', '-1'],
    [{ threshold: 'auto' }, 'threshold', 'auto'],
    [{ threshold: 2 ** 53 }, 'threshold', '9007199254740992'],
    [{ concurrency: 0 }, 'concurrency', '0'],
    [{ concurrency: 257 }, 'concurrency', '257'],
    [{ concurrency: 1.5 }, 'concurrency', '1.5'],
    [{ concurrency: Number.NaN }, 'concurrency', 'NaN'],
    [{ retries: -1 }, 'retries', '-1'],
    [{ retries: 1_001 }, 'retries', '1001'],
    [{ retries: 0.5 }, 'retries', '0.5'],
    [{ timeout: 0 }, 'timeout', '0'],
    [{ timeout: 86_401 }, 'timeout', '86401'],
    [{ timeout: Number.NaN }, 'timeout', 'NaN'],
    [{ verifyOnResume: 'later' as 'never' }, 'verifyOnResume', 'later'],
    [{ ifExists: 'Fail' as 'fail' }, 'ifExists', 'Fail'],
    [{ mode: -1 }, 'mode', '-1'],
    [{ mode: 0o444 }, 'mode', '292'],
    [{ mode: 0o10000 }, 'mode', '4096'],
    [{ mode: 0.5 }, 'mode', '0.5'],
    [{ modifiedTime: '' as 'now' }, 'modifiedTime', ''],
    [{ durability: 'some' as 'none' }, 'durability', 'some'],
  ])('%j is refused by its name', (options, option, value) =>
    expect(decodeTransferOptions(options)).toEqual(
      E.left({ _tag: 'UsageError', option, value, allowed: expect.any(String) }),
    ),
  );

  test('the first mistake is told, with what is allowed', () => {
    expect(decodeTransferOptions({ concurrency: 0, retries: -1 })).toMatchObject({
      left: { allowed: 'a whole number from 1 to 256, or auto' },
    });
    expect(decodeTransferOptions({ partSize: 1 })).toMatchObject({
      left: { allowed: '100 kB (100KB) to 5 GiB (5GiB), or auto' },
    });
  });
});
