/** Before every test file: what holds for all of them. */
import fc from 'fast-check';

/** Properties draw the same worlds in every run, unless a seed is given. */
fc.configureGlobal({ seed: Number(process.env['PARTWISE_SEED'] ?? 7) });

/** Newer Nodes throw when a file nobody closed is collected; so that older ones find it, too. */
const FILE_WAS_COLLECTED = 'DEP0137';

process.removeAllListeners('warning').on('warning', (warning) => {
  if ('code' in warning && warning.code === FILE_WAS_COLLECTED) throw warning;
  process.stderr.write(`${warning.stack ?? warning.message}\n`);
});
