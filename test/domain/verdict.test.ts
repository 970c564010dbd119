/** Verdicts as sentences for people. */
import { describe, expect, test } from 'vitest';
import { bytes } from '../../src/domain/bytes.ts';
import { describeVerdict, type RestartReason, type Verdict } from '../../src/domain/verdict.ts';

describe('describeVerdict', () => {
  test.each<[Verdict, string]>([
    [{ _tag: 'Fresh' }, 'Starts afresh.'],
    [
      { _tag: 'Resumed', bytes: bytes(12), tornAt: null, trimmed: bytes(0) },
      'Resumes after 12 bytes.',
    ],
    [
      { _tag: 'Resumed', bytes: bytes(12), tornAt: bytes(90), trimmed: bytes(0) },
      'Resumes after 12 bytes.',
    ],
  ])('%j is told', (verdict, sentence) => expect(describeVerdict(verdict)).toBe(sentence));

  const because: ReadonlyArray<readonly [RestartReason, string]> = [
    [{ _tag: 'ObjectChanged', difference: 'etag' }, 'the object changed (etag)'],
    [{ _tag: 'NoValidator' }, 'the server gives nothing by which a changed object could be told'],
    [{ _tag: 'PlanInvalid' }, 'the recorded plan does not fit the object'],
    [{ _tag: 'NoRanges' }, 'the server no longer accepts ranges'],
    [{ _tag: 'ForeignFormat' }, 'the breakpoint cannot be read'],
    [{ _tag: 'PartFileMissing' }, 'the part file is gone'],
    [{ _tag: 'PartFileReplaced' }, 'the part file was replaced by another file'],
    [
      { _tag: 'PartFileShorter', size: bytes(3), expected: bytes(10) },
      'the part file has 3 bytes instead of 10',
    ],
  ];
  test.each(because.map(([reason, words]) => [reason._tag, reason, words] as const))(
    'starting over because of %s says why',
    (_, reason, words) =>
      expect(describeVerdict({ _tag: 'Restarted', because: reason })).toBe(
        `Starts over: ${words}.`,
      ),
  );
});
