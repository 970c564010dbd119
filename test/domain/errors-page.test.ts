import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ERROR_TAGS } from '../../src/domain/errors.ts';

describe('docs/errors.md', () => {
  test('has one row for every tag of the union, and no other', () => {
    const page = readFileSync('docs/errors.md', 'utf8');
    const rows = [...page.matchAll(/^\| `(\w+)` \|/gm)].map((match) => match[1]);
    expect(rows.filter((tag) => tag !== '_tag').sort()).toEqual([...ERROR_TAGS].sort());
  });
});
