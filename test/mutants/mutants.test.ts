import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { runProgram } from '../simulation/run-program.ts';
import { MUTANTS } from './mutants.ts';
import { placesIn, planted } from './plant.ts';

const [EXAMPLE] = MUTANTS;

/** `all`: every one, which takes minutes. */
const FIRST = process.env['PARTWISE_MUTANTS'] === 'all' ? MUTANTS.length : 3;

describe('planted faults', () => {
  test('have one place each in the source, and names of their own', () => {
    const places = MUTANTS.map((mutant) => ({
      name: mutant.name,
      places: placesIn(readFileSync(`src/${mutant.file}`, 'utf8'), mutant),
    }));
    expect(places.filter((it) => it.places !== 1)).toEqual([]);
    expect(new Set(MUTANTS.map(({ name }) => name)).size).toBe(MUTANTS.length);
  });

  test('change what they are planted in, and are refused where they do not belong', () => {
    const source = readFileSync(`src/${EXAMPLE?.file}`, 'utf8');
    expect(planted(source, EXAMPLE!)).toContain(EXAMPLE?.replace);
    expect(planted(source, EXAMPLE!)).not.toContain(EXAMPLE?.find);
    expect(() => planted('', EXAMPLE!)).toThrow(RangeError);
  });

  test(`are found by a broken law: the first ${FIRST}`, async () => {
    const { code, stdout } = await runProgram('mutants', '--first', String(FIRST));
    expect(code, stdout).toBe(0);
    expect(stdout).toContain(`${FIRST} of ${FIRST} faults found`);
  }, 900_000);
});
