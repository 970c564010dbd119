/** What a part file is called, and what is not. */
import { describe, expect, test } from 'vitest';
import {
  isPartFileOf,
  PART_FILE_NAME_EXTRA,
  partFileName,
  targetOfPartFile,
} from '../../src/domain/part-file-name.ts';

const TARGET = '/data/object.bin';
const PART = '/data/object.bin.partwise-0123abcd.part';

describe('partFileName', () => {
  test('stands beside the target, and takes eight digits of a nonce', () => {
    expect(partFileName(TARGET, '0123abcd44556677')).toBe(PART);
    expect(PART.length - TARGET.length).toBe(PART_FILE_NAME_EXTRA);
  });
});

describe('isPartFileOf', () => {
  test('knows its own', () => expect(isPartFileOf(TARGET, PART)).toBe(true));

  test.each([
    '',
    '/etc/passwd',
    TARGET,
    `${TARGET}.part`,
    `${TARGET}.0123abcd.part`,
    `${TARGET}.20240101.part`,
    `${TARGET}.partwise-0123abc.part`,
    `${TARGET}.partwise-0123abcde.part`,
    `${TARGET}.partwise-0123ABCD.part`,
    `${TARGET}.partwise-0123abcd.part/x`,
    `${TARGET}.partwise-0123abcd.part\n`,
    `${TARGET}xpartwise-0123abcd.part`,
    `${TARGET}.partwise-0123abcdxpart`,
    `${TARGET}/../other.partwise-0123abcd.part`,
    `${TARGET}2.partwise-0123abcd.part`,
    '/data/other.bin.partwise-0123abcd.part',
    `/tmp${PART}`,
  ])('no other: %j', (path) => expect(isPartFileOf(TARGET, path)).toBe(false));
});

describe('targetOfPartFile', () => {
  test('is the target, of a name or of a path', () => {
    expect(targetOfPartFile(PART)).toBe(TARGET);
    expect(targetOfPartFile('a.partwise-00000000.part')).toBe('a');
    expect(targetOfPartFile(partFileName(PART, '00000000'))).toBe(PART);
  });

  test.each([
    '',
    'a',
    '.partwise-00000000.part',
    '/data/.partwise-00000000.part',
    'a.00000000.part',
  ])('null: %j is not called like one', (name) => expect(targetOfPartFile(name)).toBeNull());
});
