import assert from 'node:assert/strict';
import { describe, expect, test } from 'vitest';
import { HEARTBEAT_MS } from '../../src/machines/watch-transfer.ts';
import { type Download, startDownload } from '../../src/start-download.ts';
import { SILENCE_MS_MAX } from '../../src/store/find-claims.ts';
import { simulatedHost } from '../../src/testing/simulation/simulated-host.ts';
import { SMALL } from './small-spec.ts';
import { buildWorld, TARGET } from './spec-world.ts';
import { lifeOfSupplanted, SLOW, tagOf } from './supplanted.ts';
import { oneTurn, untilEnd } from './until-end.ts';
import type { WorldSpec } from './world-spec.ts';

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

/** So slow that a download takes five minutes, a byte at a time. */
const FIVE_MINUTES: WorldSpec = {
  ...SMALL,
  partCount: 8,
  chunkLength: 1,
  link: { rttMs: 0, bytesPerSecond: 8 },
};

describe('two computers with one store', () => {
  test('a living download is not taken for dead, whatever its computer is called', async () => {
    for (const place of [{ machineId: 'other' }, { pidNamespace: 'pid:2' }]) {
      const world = buildWorld(FIVE_MINUTES);
      const first = startDownload(
        world.boot({}, simulatedHost('simulated', place)).effects,
        world.input,
      );
      for (let minute = 1; minute <= 4; minute++) {
        while (world.clock.now() < minute * 60_000) await oneTurn(world.clock);
        const second = startDownload(world.boot({}).effects, world.input);
        await untilEnd(world.clock, second.done);
        expect(await tagOf(second.done)).toBe('Busy');
      }
      await untilEnd(world.clock, first.done);
      expect(await tagOf(first.done)).toBe('renamed');
      expect(world.disk.paths()).toEqual([TARGET]);
    }
  }, 60_000);

  test('one that was killed is gone on with after two minutes of silence', async () => {
    const world = buildWorld(FIVE_MINUTES);
    const far = world.boot({}, simulatedHost('far'));
    startDownload(far.effects, world.input);
    while (far.writtenBytes() < 100) await oneTurn(world.clock);
    far.kill();
    const killedAtMs = world.clock.now();
    for (;;) {
      const next = startDownload(world.boot({}).effects, world.input);
      const told = Promise.race([tagOf(next.done), verdictOf(next)]);
      await untilEnd(world.clock, told);
      if ((await told) === 'Resumed') break;
      expect(await told).toBe('Busy');
      world.clock.setTimeout(() => {}, 10_000);
      await oneTurn(world.clock);
    }
    const silentMs = world.clock.now() - killedAtMs;
    expect(silentMs).toBeGreaterThan(SILENCE_MS_MAX - HEARTBEAT_MS);
    expect(silentMs).toBeLessThan(SILENCE_MS_MAX + 2 * HEARTBEAT_MS);
  });
});

/** What it makes of what it finds, once it tells. */
const verdictOf = (job: Download): Promise<string> =>
  new Promise((resolve) => {
    job.on('verdict', ({ verdict }) => {
      if (verdict._tag !== 'Owned') resolve(verdict._tag);
    });
  });

describe('a process that slept while another took its place', () => {
  test('writes nothing once it wakes, and hears who has it', async () => {
    for (let seed = 1; seed <= 12; seed++) expect(await lifeOfSupplanted(seed)).toEqual([]);
  });
});
