/** The closed union of errors: which are worth a retry, which leave something to resume. */
import { describe, expect, test } from 'vitest';
import {
  type DownloadError,
  ERROR_TAGS,
  isResumable,
  isTransient,
  toDownloadError,
} from '../../src/domain/errors.ts';

/** An error by tag alone: the questions asked here look at nothing else. */
const tagged = (_tag: DownloadError['_tag']) => ({ _tag }) as DownloadError;

describe('isTransient', () => {
  test('exactly the failures of network and load are worth asking again', () => {
    expect(ERROR_TAGS.filter((tag) => isTransient(tagged(tag)))).toEqual([
      'NetworkFailed',
      'AnswerCut',
      'Stalled',
      'ServerBusy',
      'RangeIgnored',
    ]);
  });
  test('a certificate that is not accepted will not be at the next attempt', () => {
    const failed = (code: string) => isTransient({ _tag: 'NetworkFailed', code, message: '' });
    expect([failed('ECONNRESET'), failed('CERT_HAS_EXPIRED')]).toEqual([true, false]);
  });
  test('an error that is not of the union is a bug', () => {
    expect(() => isTransient({ _tag: 'Unheard' } as never)).toThrow();
  });
});

describe('isResumable', () => {
  test('nothing is left to resume when the bytes are of no use', () => {
    expect(ERROR_TAGS.filter((tag) => !isResumable(tagged(tag)))).toEqual([
      'ObjectChanged',
      'IntegrityFailed',
      'Cancelled',
    ]);
  });
});

describe('toDownloadError', () => {
  test('an error of the union that was thrown stays the same object', () => {
    const thrown: DownloadError = { _tag: 'Stalled', cause: 'silence', silentMs: 1 };
    expect(toDownloadError(thrown)).toBe(thrown);
  });

  test('an exception becomes a Defect with its stack', () => {
    const thrown = new TypeError('boom');
    expect(toDownloadError(thrown)).toEqual({
      _tag: 'Defect',
      message: 'TypeError: boom',
      stack: thrown.stack,
    });
  });

  test.each([
    ['text', 'text'],
    [undefined, 'undefined'],
    [null, 'null'],
    [7, '7'],
    [{ _tag: 'Unheard' }, '[object Object]'],
    [{ _tag: 'toString' }, '[object Object]'],
    [{ _tag: null }, '[object Object]'],
  ])('%j is a Defect, too', (thrown, message) =>
    expect(toDownloadError(thrown)).toEqual({ _tag: 'Defect', message, stack: null }),
  );

  test('an exception is not believed because it has a tag of ours', () => {
    const thrown = Object.assign(new Error('boom'), { _tag: 'Cancelled' });
    expect(toDownloadError(thrown)).toMatchObject({ _tag: 'Defect', message: 'Error: boom' });
  });
});
