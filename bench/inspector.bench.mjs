/**
 * What being looked at costs: a download of 10 000 parts from `partwise serve` in another process,
 * without an inspector, with one that nobody looks at, and with one page that has the log open.
 *
 *   node bench/inspector.bench.mjs [ROUNDS] [PARTS]      default: 5 rounds of 10000 parts
 *
 * Needs `npm run build`, or PARTWISE_DIST with the path of a build. Parts have 100 KB, files go to a
 * temporary folder. The page is read by this process: what a browser needs is the browser's.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath, pathToFileURL } from 'node:url';

const [rounds = 5, parts = 10_000] = [
  Number(process.argv[2] ?? 5),
  Number(process.argv[3] ?? 10_000),
];
const own = fileURLToPath(new URL('../dist', import.meta.url));
const dist = resolve(process.env['PARTWISE_DIST'] ?? own);
if (!existsSync(join(dist, 'index.js'))) throw new Error(`no build in ${dist}: npm run build`);
const script = fileURLToPath(import.meta.url);
const PART_BYTES = Number(process.env['PART_BYTES'] ?? 100_000);
const KINDS = ['plain', 'unwatched', 'watched'];
const ALL = { text: '', actors: [], hidesTicks: false };

/** One download in a process of its own; begins when a line comes in, so that a page can be there. */
const downloadOne = async (url, folder, kind) => {
  const load = (name) => import(pathToFileURL(join(dist, name)).href);
  const { download, ossObject, anonymousCredentials } = await load('index.js');
  const { createInspector } = kind === 'plain' ? {} : await load('inspector/index.js');
  const inspector = await createInspector?.();
  const begun = once(createInterface({ input: process.stdin }), 'line');
  console.log(inspector?.url ?? 'none');
  await begun;
  const key = `synthetic/7/${parts * PART_BYTES}`;
  const job = download({
    source: ossObject({ endpoint: url, bucket: 'demo', key }),
    credentials: anonymousCredentials(),
    target: join(folder, 'object.bin'),
    store: join(folder, 'store'),
    partSize: PART_BYTES,
    threshold: 0,
    concurrency: 8,
    durability: 'none',
    inspect: inspector,
  });
  const { seconds } = await job.done;
  const { user, system } = process.cpuUsage();
  const { maxRSS } = process.resourceUsage();
  console.log(JSON.stringify({ seconds, cpuSeconds: (user + system) / 1e6, rssKib: maxRSS }));
  process.exit();
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

/** A page with the log open, as far as the server can tell. Counts what it is sent. */
const watch = async (url) => {
  const seen = { bytes: 0, events: 0 };
  const [stream] = await once(get(`${url}events`), 'response');
  stream.on('error', () => {});
  stream.on('data', (chunk) => {
    seen.bytes += chunk.length;
    for (const byte of chunk) if (byte === 10) seen.events += 0.5;
  });
  const message = { type: 'log', filter: ALL };
  const headers = { 'content-type': 'application/json' };
  await fetch(`${url}messages`, { method: 'POST', headers, body: JSON.stringify(message) });
  return seen;
};

const runOne = async (url, kind) => {
  const folder = await mkdtemp(join(tmpdir(), 'partwise-bench-'));
  try {
    const words = [script, String(rounds), String(parts), 'one', url, folder, kind];
    const child = spawn(process.execPath, words, { stdio: ['pipe', 'pipe', 'inherit'] });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const { value: page } = await lines.next();
    const seen = kind === 'watched' ? await watch(page) : null;
    child.stdin.write('\n');
    const { value: told } = await lines.next();
    await once(child, 'close');
    return { ...JSON.parse(told), seen };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return (sorted[Math.ceil(middle) - 1] + sorted[Math.floor(middle)]) / 2;
};

/** The median over rounds: neighbours in time had the same computer. */
const ratioOf = (name, runs, others) =>
  median(runs.map((run, index) => run[name] / others[index][name]));

const compare = async () => {
  const { url, stop } = await startServer();
  const runs = { plain: [], unwatched: [], watched: [] };
  try {
    await runOne(url, 'plain'); // Warms up the server.
    for (let round = 0; round < rounds; round++) {
      const order = KINDS.map((_, index) => KINDS[(index + round) % KINDS.length]);
      for (const kind of order) runs[kind].push(await runOne(url, kind));
      const told = KINDS.map((kind) => `${kind} ${runs[kind].at(-1).cpuSeconds.toFixed(2)} s`);
      console.log(`round ${round + 1}: ${told.join(', ')}`);
    }
  } finally {
    stop();
  }
  for (const kind of KINDS) {
    const of = (name) => median(runs[kind].map((run) => run[name]));
    const [cpu, wall, rss] = [of('cpuSeconds'), of('seconds'), of('rssKib') / 1024];
    console.log(
      `${kind}: ${cpu.toFixed(2)} s processor, ${wall.toFixed(2)} s wall, ${rss.toFixed(0)} MiB`,
    );
  }
  const ratio = (kind) => ratioOf('cpuSeconds', runs[kind], runs.plain).toFixed(3);
  console.log(`unwatched / plain: ${ratio('unwatched')} processor time (target: 1.02)`);
  console.log(`watched / plain:   ${ratio('watched')} processor time (target: 1.10)`);
  const { bytes, events } = runs.watched.at(-1).seen;
  console.log(`the page was sent ${(bytes / 1e6).toFixed(1)} MB in ${Math.round(events)} events`);
};

const [, , , , mode, url, folder, kind] = process.argv;
await (mode === 'one' ? downloadOne(url, folder, kind) : compare());
