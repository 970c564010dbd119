import assert from 'node:assert/strict';
import { describe, expect, test } from 'vitest';
import { startDownload } from '../../src/start-download.ts';
import { buildWorld, TARGET } from './spec-world.ts';
import { lifeOfSupplanted, SLOW, tagOf } from './supplanted.ts';
import { oneTurn, untilEnd } from './until-end.ts';

describe('two processes with one download', () => {
  test('one works and the other is told who does, whoever is how much later', async () => {
    const seen = new Set<string>();
    for (let turnsLater = 0; turnsLater < 60; turnsLater++) {
      const world = buildWorld({ ...SLOW, seed: turnsLater });
      const first = startDownload(world.boot({}).effects, world.input);
      for (let turn = 0; turn < turnsLater; turn++) await oneTurn(world.clock);
      const second = startDownload(world.boot({}).effects, world.input);
      await untilEnd(world.clock, Promise.allSettled([first.done, second.done]));
      const endings = [await tagOf(first.done), await tagOf(second.done)];
      seen.add(endings.join());
      assert.ok(endings.includes('renamed'), endings.join());
      assert.deepEqual(world.disk.contentOf(TARGET), world.content());
      assert.deepEqual(world.disk.paths(), [TARGET]);
    }
    expect(seen).toContain('renamed,Busy');
  });
});

describe('a process that slept while another took its place', () => {
  test('writes nothing once it wakes, and hears who has it', async () => {
    for (let seed = 1; seed <= 12; seed++) expect(await lifeOfSupplanted(seed)).toEqual([]);
  });
});
