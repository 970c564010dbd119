/**
 * Plants faults in copies of the compiled product, and demands that the simulation finds each.
 *
 *   npm run test:mutants -- [--first N | --name TEXT] [--worlds N] [--workers N]
 *
 * A fault is found when a world breaks a law. An exception outside the laws, or a process that does
 * not end, finds nothing. Exit code 1: a fault survived.
 */
import { fork } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Attempt } from '../simulation/attempt-worlds.ts';
import { MUTANTS, type Mutant } from './mutants.ts';
import { planted } from './plant.ts';

const COMPILED = fileURLToPath(new URL('../../', import.meta.url));
const ATTEMPT_MS_MAX = 120_000;
const SEED = '1';

const { values } = parseArgs({
  options: {
    first: { type: 'string', default: String(MUTANTS.length) },
    name: { type: 'string', default: '' },
    worlds: { type: 'string', default: '1500' },
    workers: { type: 'string', default: String(availableParallelism()) },
  },
});
const chosen = MUTANTS.filter(({ name }) => name.includes(values.name)).slice(
  0,
  Number(values.first),
);

/** A copy of all that is compiled, with the fault in it; beside it, since modules are found so. */
const copyWith = (mutant: Mutant): string => {
  const copy = mkdtempSync(`${COMPILED.replace(/\/$/, '')}.mutant-`);
  for (const name of ['src', 'test', 'package.json']) {
    cpSync(join(COMPILED, name), join(copy, name), { recursive: true });
  }
  const file = join(copy, 'src', mutant.file.replace(/\.ts$/, '.js'));
  writeFileSync(file, planted(readFileSync(file, 'utf8'), mutant));
  return copy;
};

/** Null: its process threw, or did not end in time. */
const attempt = (copy: string, { name }: Mutant): Promise<Attempt | null> =>
  new Promise((resolve) => {
    const worker = join(copy, 'test', 'mutants', 'attempt.js');
    const child = fork(worker, [name, SEED, values.worlds], { timeout: ATTEMPT_MS_MAX });
    let found: Attempt | null = null;
    child.on('message', (message: Attempt) => {
      found = message;
    });
    child.on('exit', () => resolve(found));
  });

/** Tells what came of it; false: it survived. */
const isKilled = async (mutant: Mutant): Promise<boolean> => {
  const startedAtMs = Date.now();
  const copy = copyWith(mutant);
  const found = await attempt(copy, mutant);
  rmSync(copy, { recursive: true, force: true });
  const seconds = ((Date.now() - startedAtMs) / 1_000).toFixed(1);
  process.stdout.write(`${mutant.name}: ${howItWent(mutant, found)} (${seconds} s)\n`);
  return found !== null && found.broken !== null;
};

const howItWent = ({ says }: Mutant, found: Attempt | null): string => {
  if (found === null) return 'NO ANSWER';
  const { worlds, broken } = found;
  return broken === null
    ? `SURVIVED ${worlds} worlds: ${says}`
    : `found in world ${worlds}: ${broken}`;
};

const waiting = [...chosen];
const survivors: Array<string> = [];
const work = async (): Promise<void> => {
  for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
    if (!(await isKilled(mutant))) survivors.push(mutant.name);
  }
};
await Promise.all(Array.from({ length: Number(values.workers) }, work));
process.stdout.write(`${chosen.length - survivors.length} of ${chosen.length} faults found\n`);
process.exitCode = survivors.length === 0 ? 0 : 1;
