/** A process that looks for a life in which a planted fault breaks a law: see `mutants-main.ts`. */
import { attemptIn, attemptSupplanted } from '../simulation/attempt-worlds.ts';
import { MUTANTS } from './mutants.ts';

const [name = '', seed = '1', worldsMax = '1000'] = process.argv.slice(2);
const { where = null, takesTwo } = MUTANTS.find((mutant) => mutant.name === name) ?? {};
const attempt = takesTwo
  ? await attemptSupplanted(Number(seed))
  : await attemptIn(Number(seed), Number(worldsMax), where);
process.send?.(attempt, () => process.disconnect());
