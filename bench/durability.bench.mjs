/**
 * What durability costs: a download from `partwise serve` in another process, with every sync and
 * with none, in turn; and curl's time for the same object.
 *
 *   node bench/durability.bench.mjs [PAIRS] [SIZE]      default: 5 pairs of 1GB
 *
 * Needs `npm run build`, or PARTWISE_DIST with the path of a build. Files go to a temporary folder.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const [pairs = 5, size = '1GB'] = [Number(process.argv[2] ?? 5), process.argv[3] ?? '1GB'];
const own = fileURLToPath(new URL('../dist', import.meta.url));
const dist = resolve(process.env['PARTWISE_DIST'] ?? own);
if (!existsSync(join(dist, 'index.js'))) throw new Error(`no build in ${dist}: npm run build`);
const script = fileURLToPath(import.meta.url);

/** One download in a process of its own, as the command does it: `node … one URL FOLDER KIND`. */
const downloadOne = async (url, folder, durability) => {
  const load = (name) => import(pathToFileURL(join(dist, name)).href);
  const { download, ossObject, anonymousCredentials } = await load('index.js');
  const source = ossObject({ endpoint: url, bucket: 'demo', key: `synthetic/7/${size}` });
  const job = download({
    source,
    credentials: anonymousCredentials(),
    target: join(folder, 'object.bin'),
    store: join(folder, 'store'),
    durability,
  });
  const { seconds } = await job.done;
  const { user, system } = process.cpuUsage();
  process.stdout.write(`${seconds} ${(user + system) / 1e6}\n`);
};

const startServer = async () => {
  const server = spawn(
    process.execPath,
    [join(dist, 'cli', 'main.js'), 'serve', '--anonymous', '--port', '0'],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const [text] = await once(server.stdout, 'data');
  const url = /http:\/\/[\d.]+:\d+/.exec(String(text))?.[0];
  if (url === undefined) throw new Error(`no address in: ${text}`);
  return { url, stop: () => server.kill('SIGTERM') };
};

/** Wall time and processor time in seconds, with an empty folder and nothing left to be written before it begins. */
const timed = async (run) => {
  const folder = await mkdtemp(join(tmpdir(), 'partwise-bench-'));
  execFileSync('sync');
  try {
    const [seconds, cpuSeconds] = run(folder).trim().split(' ').map(Number);
    return { seconds, cpuSeconds };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const partwise = (url, durability) => (folder) => {
  const words = [script, String(pairs), size, 'one', url, folder, durability];
  return execFileSync(process.execPath, words).toString();
};

const curl = (url) => (folder) =>
  execFileSync('curl', [
    ...['-sS', '-o', join(folder, 'object.bin'), '-w', '%{time_total}'],
    `${url}/demo/synthetic/7/${size}`,
  ]).toString();

const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return (sorted[Math.ceil(middle) - 1] + sorted[Math.floor(middle)]) / 2;
};

const medianOf = (name) => (runs) => median(runs.map((run) => run[name]));

/** The median over pairs: neighbours in time had the same computer. */
const ratioOf = (name, runs, others) =>
  median(runs.map((run, index) => run[name] / others[index][name]));

const rounded = (value) => value.toFixed(2);

const compare = async () => {
  const { url, stop } = await startServer();
  try {
    await timed(curl(url)); // Warms up the server.
    const [full, none, curls] = [[], [], []];
    for (let pair = 0; pair < pairs; pair++) {
      const order = pair % 2 === 0 ? ['full', 'none'] : ['none', 'full'];
      for (const durability of order) {
        (durability === 'full' ? full : none).push(await timed(partwise(url, durability)));
      }
      curls.push(await timed(curl(url)));
      const told = [full, none, curls].map((runs) => rounded(runs.at(-1).seconds));
      console.log(`pair ${pair + 1}: full ${told[0]} s, none ${told[1]} s, curl ${told[2]} s`);
    }
    const [wall, wallNone, wallCurl] = [full, none, curls].map(medianOf('seconds'));
    console.log(
      `medians: full ${rounded(wall)}, none ${rounded(wallNone)}, curl ${rounded(wallCurl)} s`,
    );
    console.log(
      `  full / none: ${rounded(ratioOf('seconds', full, none))} wall time (target: 1.05)`,
    );
    console.log(`               ${rounded(ratioOf('cpuSeconds', full, none))} processor time`);
    console.log(`  full / curl: ${rounded(ratioOf('seconds', full, curls))} wall time`);
  } finally {
    stop();
  }
};

const [, , , , mode, url, folder, durability] = process.argv;
await (mode === 'one' ? downloadOne(url, folder, durability) : compare());
