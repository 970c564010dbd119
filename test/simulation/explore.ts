/** Looks for a life that breaks a law: worlds drawn from seeds, one batch after the other. */
import fc from 'fast-check';
import { takenTransitions } from './chart-coverage.ts';
import { type Violation, violations } from './laws.ts';
import { type Life, live } from './life.ts';
import { type WorldSpec, worldSpecs } from './world-spec.ts';

/** What was found in some worlds. */
export interface Finding {
  readonly worlds: number;
  readonly runs: number;
  /** Lives in which a run went on from bytes of a former one, and had others to fetch. */
  readonly resumedHalfWay: number;
  /** Ids of the transitions that were taken. */
  readonly taken: ReadonlyArray<string>;
  readonly failure: Failure | null;
}

/** A world in which a law is broken, made as small as it went. */
export interface Failure {
  readonly seed: number;
  /** Leads fast-check from the seed to this world. */
  readonly path: string;
  readonly spec: WorldSpec;
  readonly violations: ReadonlyArray<Violation>;
}

/** Edge cases come often enough by themselves in worlds as small as these. */
const unbiased = <Drawn>() => ({ plugins: [fc.unbiased() as fc.Plugin<Drawn>] });

/** Lives in `count` worlds that a seed draws; stops at the first that breaks a law. */
export const explore = async (seed: number, count: number): Promise<Finding> => {
  const coverage = takenTransitions();
  const seen = { worlds: 0, runs: 0, resumedHalfWay: 0 };
  let isShrinking = false; // Smaller worlds than the one that failed count for nothing.
  const onlooker = { watch: () => coverage.note };
  const property = fc.asyncProperty(worldSpecs, async (spec) => {
    const life = await live(spec, onlooker);
    const broken = violations(life);
    if (!isShrinking) {
      seen.worlds += 1;
      seen.runs += life.runs.length;
      if (life.runs.some(isResumedHalfWay)) seen.resumedHalfWay += 1;
    }
    if (broken.length === 0) return;
    isShrinking = true;
    throw new Error(broken.map(({ law }) => law).join('; '));
  });
  const result = await fc.check(property, { ...unbiased<[WorldSpec]>(), seed, numRuns: count });
  const failure = result.failed ? await failureOf(result) : null;
  return { ...seen, taken: coverage.taken(), failure };
};

/** Did it trust bytes of a former run, and fetch others? */
const isResumedHalfWay = ({ before, asked, startsOver }: Life['runs'][number]): boolean =>
  before.trusted.length > 0 && asked.length > 0 && !startsOver;

const failureOf = async ({
  seed,
  counterexample,
  counterexamplePath,
}: fc.RunDetails<[WorldSpec]>): Promise<Failure> => {
  const [spec] = counterexample ?? [];
  if (spec === undefined) throw new RangeError('it failed without an example');
  return { seed, path: counterexamplePath ?? '', spec, violations: violations(await live(spec)) };
};

/**
 * The world that a seed and a path lead to. Asked of a property that fails: fast-check's `sample`
 * draws other worlds than its `check` does, and knows no path of a smaller one.
 */
export const worldAt = (seed: number, path: string): WorldSpec => {
  const parameters = { ...unbiased<[WorldSpec]>(), seed, path, numRuns: 1, endOnFailure: true };
  const [spec] = fc.check(fails, parameters).counterexample ?? [];
  if (spec === undefined) throw new RangeError(`no world at seed ${seed}, path ${path}`);
  return spec;
};

const fails = fc.property(worldSpecs, (_: WorldSpec) => false);

/** The worlds that a seed draws, in order: those that `explore` lives in. */
export const drawWorlds = (seed: number, count: number): ReadonlyArray<WorldSpec> => {
  const drawn: Array<WorldSpec> = [];
  const noting = fc.property(worldSpecs, (spec) => {
    drawn.push(spec);
  });
  fc.check(noting, { ...unbiased<[WorldSpec]>(), seed, numRuns: count });
  return drawn;
};
