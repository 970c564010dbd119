/**
 * Runs a program of the simulation with plain Node: Node 20 cannot run TypeScript, and a test
 * runner would load XState in its slower form for development.
 *
 *   node test/simulation/run.mjs explore|replay|mutants|fingerprint OPTIONS…
 *
 * The sources are compiled once for each state of them, into a folder of their own.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const BUILDS = join(ROOT, 'node_modules', '.cache', 'partwise-simulation');
const CONFIG = 'test/simulation/tsconfig.json';
const COMPILED = ['src', 'test/simulation', 'test/mutants'];

const PROGRAMS = {
  explore: 'test/simulation/explore-main.js',
  replay: 'test/simulation/replay-main.js',
  fingerprint: 'test/simulation/fingerprint-main.js',
  mutants: 'test/mutants/mutants-main.js',
};

const digestOfSources = () => {
  const hash = createHash('sha256').update(readFileSync(join(ROOT, 'tsconfig.json')));
  for (const folder of COMPILED) {
    const names = readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' });
    for (const name of names.filter((it) => /\.(ts|json)$/.test(it)).sort()) {
      hash.update(name).update(readFileSync(join(ROOT, folder, name)));
    }
  }
  return hash.digest('hex').slice(0, 16);
};

const HOUR_MS = 3_600_000;

const removeOldBuilds = () => {
  if (!existsSync(BUILDS)) return;
  for (const name of readdirSync(BUILDS)) {
    const path = join(BUILDS, name);
    const { mtimeMs } = statSync(path, { throwIfNoEntry: false }) ?? { mtimeMs: Date.now() };
    if (Date.now() - mtimeMs > HOUR_MS) rmSync(path, { recursive: true, force: true });
  }
};

/** Several may compile at once: each into a folder of its own, and one is renamed first. */
const compiled = () => {
  const folder = join(BUILDS, digestOfSources());
  if (existsSync(folder)) return folder;
  removeOldBuilds();
  const own = `${folder}.${process.pid}`;
  mkdirSync(own, { recursive: true });
  writeFileSync(join(own, 'package.json'), '{"type":"module"}\n');
  const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  execFileSync(
    process.execPath,
    [tsc, '-p', join(ROOT, CONFIG), '--outDir', own, '--noCheck', '--declaration', 'false'],
    { stdio: 'inherit' },
  );
  try {
    renameSync(own, folder);
  } catch {
    rmSync(own, { recursive: true, force: true });
  }
  return folder;
};

const [program = '', ...words] = process.argv.slice(2);
const file = PROGRAMS[program];
if (file === undefined) {
  process.stderr.write(`no program ${program}: one of ${Object.keys(PROGRAMS).join(', ')}\n`);
  process.exit(2);
}
const main = join(compiled(), file);
process.argv = [process.execPath, main, ...words];
await import(pathToFileURL(main).href);
