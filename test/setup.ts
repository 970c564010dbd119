/** Before every test file: properties draw the same worlds in every run, unless a seed is given. */
import fc from 'fast-check';

fc.configureGlobal({ seed: Number(process.env['PARTWISE_SEED'] ?? 7) });
