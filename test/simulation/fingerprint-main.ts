/** Prints the fingerprint of the simulation: `node test/simulation/run.mjs fingerprint`. */
import { fingerprint } from './fingerprint.ts';

process.stdout.write(`${await fingerprint()}\n`);
