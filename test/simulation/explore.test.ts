import { describe, expect, test } from 'vitest';
import { ALL_STATES, ALL_TRANSITIONS, statesEntered, takenTransitions } from './chart-coverage.ts';
import { RARE_LIVES } from './rare-lives.ts';
import { runProgram } from './run-program.ts';

const WORLDS = 2_000;
const SEED = process.env['PARTWISE_SEED'] ?? '7';

interface Told {
  readonly worlds: number;
  readonly resumedHalfWay: number;
  readonly taken: ReadonlyArray<string>;
  readonly failure: unknown;
}

/** In two processes of plain Node: the tests' own would take twice as long. */
const explored = once(async () => {
  const options = ['--worlds', String(WORLDS), '--seed', SEED, '--workers', '2', '--json'];
  const { code, stdout } = await runProgram('explore', ...options);
  const lines = stdout.trimEnd().split('\n');
  const json = lines.find((line) => line.startsWith('{')) ?? 'null';
  return { code, text: stdout, told: JSON.parse(json) as Told };
});

const takenByRareLives = once(async () => {
  const { note, taken } = takenTransitions();
  for (const live of Object.values(RARE_LIVES)) await live(note);
  return taken();
});

/** Transitions that no run can take, and why. */
const UNREACHABLE: Readonly<Record<string, string>> = {
  'download.settling.resting: part.failed 0':
    'a part that fails after it was asked to suspend says part.suspended; one that fails before ' +
    'is heard before the download settles',
};

describe('random worlds', () => {
  test('break no law', async () => {
    const { code, text, told } = await explored();
    expect(code, text).toBe(0);
    expect(told.failure).toBeNull();
    expect(told.worlds).toBe(WORLDS);
  }, 180_000);

  test('have, in more than a fifth, a run that really goes on half way', async () => {
    const { told } = await explored();
    expect(told.resumedHalfWay).toBeGreaterThan(WORLDS / 5);
  }, 180_000);
});

describe('random worlds and rare lives together', () => {
  test('take every transition of both machines', async () => {
    const taken = new Set([...(await explored()).told.taken, ...(await takenByRareLives())]);
    const missing = ALL_TRANSITIONS.filter((id) => !taken.has(id));
    expect(missing).toEqual(Object.keys(UNREACHABLE));
  }, 180_000);

  test('enter every state of both machines', async () => {
    const entered = statesEntered([
      ...(await explored()).told.taken,
      ...(await takenByRareLives()),
    ]);
    expect(ALL_STATES.filter((id) => !entered.has(id))).toEqual([]);
  }, 180_000);
});

function once<A>(run: () => Promise<A>): () => Promise<A> {
  let latest: Promise<A> | null = null;
  return () => {
    latest ??= run();
    return latest;
  };
}
