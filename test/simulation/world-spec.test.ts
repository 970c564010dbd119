import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { drawWorlds, worldAt } from './explore.ts';
import { live } from './life.ts';
import { sizeOf, usualCalls, type WorldSpec, worldSpecs } from './world-spec.ts';

const drawn = drawWorlds(3, 150);

const withoutHardship = (spec: WorldSpec): WorldSpec => ({
  ...spec,
  network: [],
  disk: [],
  interruptions: [],
});

describe('usualCalls', () => {
  test('lies within a fifth of what is counted, but for one world in twenty', async () => {
    const ratios: Array<number> = [];
    for (const spec of drawn.map(withoutHardship)) {
      const { runs } = await live(spec);
      ratios.push((runs[0]?.calls ?? 0) / usualCalls(spec));
    }
    const close = ratios.filter((ratio) => ratio > 0.8 && ratio < 1.2);
    expect(close.length / ratios.length).toBeGreaterThan(0.95);
  });
});

describe('worlds', () => {
  test('are the same for the same seed, and can be asked for one by one', () => {
    expect(drawWorlds(3, 150)).toEqual(drawn);
    expect(worldAt(3, '17')).toEqual(drawn[17]);
  });

  test('that were made smaller are found again by seed and path', () => {
    const isLarge = (spec: WorldSpec) => sizeOf(spec) > 100 && spec.interruptions.length > 1;
    const property = fc.property(worldSpecs, (spec) => !isLarge(spec));
    const plugins = [fc.unbiased() as fc.Plugin<[WorldSpec]>];
    for (const seed of [1, 2, 3]) {
      const { counterexample, counterexamplePath } = fc.check(property, { seed, plugins });
      expect(counterexamplePath?.split(':').length).toBeGreaterThan(2);
      expect(worldAt(seed, counterexamplePath ?? '')).toEqual(counterexample?.[0]);
    }
  });

  test('have objects of one byte at least', () => {
    expect(drawn.every((spec) => sizeOf(spec) > 0)).toBe(true);
  });
});
