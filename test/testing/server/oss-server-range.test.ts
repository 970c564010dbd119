/** Ranges and conditions, judged as OSS does. */
import { describe, expect, test } from 'vitest';
import { bytes } from '../../../src/domain/bytes.ts';
import {
  type ConditionDecision,
  decideConditions,
  decideRange,
} from '../../../src/testing/server/oss-server-range.ts';
import { toStoredObject } from '../../../src/testing/server/stored-object.ts';

const range = (header: string, isStandard: boolean, size = 10): string => {
  const decision = decideRange(header, bytes(size), isStandard);
  return decision._tag === 'Part'
    ? `${decision.range.start}..${decision.range.end}`
    : decision._tag;
};

describe('decideRange', () => {
  test.each([
    // header, without standard behaviour, with it
    ['bytes=0-3', '0..4', '0..4'],
    ['bytes=0-9', '0..10', '0..10'],
    ['bytes=4-', '4..10', '4..10'],
    ['bytes=-3', '7..10', '7..10'],
    ['bytes=8-99', 'Whole', '8..10'],
    ['bytes=10-12', 'Whole', 'OutOfBounds'],
    ['bytes=10-', 'Whole', 'OutOfBounds'],
    ['bytes=-99', 'Whole', '0..10'],
    ['bytes=-0', 'Whole', 'OutOfBounds'],
    ['bytes=3-1', 'Whole', 'Whole'],
    ['bytes=-', 'Whole', 'Whole'],
    ['bytes=a-b', 'Whole', 'Whole'],
    ['lines=0-3', 'Whole', 'Whole'],
    ['bytes=1-2,5-6', '1..3', '1..3'],
  ])('%s of 10 bytes is %s, and %s when asked for standard', (header, lax, standard) => {
    expect([range(header, false), range(header, true)]).toEqual([lax, standard]);
  });
  test('no range of an empty object exists', () => {
    expect(range('bytes=0-', false, 0)).toBe('Whole');
    expect(range('bytes=0-', true, 0)).toBe('OutOfBounds');
  });
});

describe('decideConditions', () => {
  const changed = Date.UTC(2024, 4, 1, 12, 0, 0, 250);
  const object = toStoredObject(
    Buffer.from('x'),
    { etag: 'ABC', lastModified: changed, crc64: null },
    { crc64Of: () => expect.fail('no checksum is needed'), now: 0 },
  );
  const before = new Date(changed - 60_000).toUTCString();
  const same = new Date(changed).toUTCString();
  const verdict = (headers: Readonly<Record<string, string>>): string => {
    const decision: ConditionDecision = decideConditions(headers, object);
    return decision._tag === 'Failed' ? decision.condition : decision._tag;
  };

  test.each([
    [{}, 'Go'],
    [{ 'if-match': '"ABC"' }, 'Go'],
    [{ 'if-match': 'ABC' }, 'Go'],
    [{ 'if-match': '*' }, 'Go'],
    [{ 'if-match': '"X", "ABC"' }, 'Go'],
    [{ 'if-match': '"X"' }, 'If-Match'],
    [{ 'if-match': 'W/"ABC"' }, 'If-Match'],
    [{ 'if-unmodified-since': same }, 'Go'],
    [{ 'if-unmodified-since': before }, 'If-Unmodified-Since'],
    [{ 'if-match': 'ABC', 'if-unmodified-since': before }, 'If-Unmodified-Since'],
    [{ 'if-none-match': '"ABC"' }, 'NotModified'],
    [{ 'if-none-match': '"X"' }, 'Go'],
    [{ 'if-modified-since': same }, 'NotModified'],
    [{ 'if-modified-since': before }, 'Go'],
    [{ 'if-none-match': '"X"', 'if-modified-since': same }, 'Go'],
    [{ 'if-unmodified-since': 'never' }, 'Go'],
  ])('%o gives %s', (headers, expected) => {
    expect(verdict(headers)).toBe(expected);
  });
});
