import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { worldAt } from './explore.ts';
import { fingerprint } from './fingerprint.ts';
import { interrupted } from './small-spec.ts';
import { storyOf } from './story.ts';

const COMMITTED = new URL('./fingerprint.txt', import.meta.url);

describe('the story of a life', () => {
  test('is the same each time, byte for byte, and so are its traces', async () => {
    for (const seed of [1, 2, 3]) {
      const spec = worldAt(seed, '0');
      expect(await storyOf(spec)).toEqual(await storyOf(spec));
    }
  });

  test('tells of requests, faults, crashes and how it ends', async () => {
    const { lines, traces, isLawful } = await storyOf(
      interrupted({ kind: 'powerLost', at: 0.8, isDone: false, meanwhile: 'partFileRemoved' }),
    );
    const text = lines.join('\n');
    expect(text).toContain('network: cutAfter hits request 3, at 0.5');
    expect(text).toContain('answered 206, 150 bytes sent, fault CutAfter');
    expect(text).toContain('Power is lost.');
    expect(text).toContain('The part file is removed.');
    expect(text).toContain('run 2: renamed');
    expect(lines.at(-1)).toBe('No law is broken.');
    expect(isLawful).toBe(true);
    expect(traces).toHaveLength(2);
  });
});

/**
 * The same on every Node of CI. It changes with every change of what a download does, and is
 * written anew by `UPDATE_FINGERPRINT=1 npx vitest run test/simulation/story.test.ts`.
 */
describe('the fingerprint of fifty stories', () => {
  test('is the committed one', async () => {
    const found = await fingerprint();
    if (process.env['UPDATE_FINGERPRINT'] === '1') writeFileSync(COMMITTED, `${found}\n`);
    const renew = 'UPDATE_FINGERPRINT=1 npx vitest run test/simulation/story.test.ts renews it';
    expect(readFileSync(COMMITTED, 'utf8').trim(), renew).toBe(found);
  });
});
