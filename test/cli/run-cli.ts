/**
 * Runs the built command as a process. The build is made once for each state of the sources, into
 * a folder of its own, so that a stale `dist` is never what is tested.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import {
  copyFile,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { DEMO_ACCOUNT, type OssServerOptions, startOssServer } from '../../src/testing/index.ts';

export interface CliOptions {
  /** Added to an environment that has nothing of OSS and Partwise in it but the store. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

export interface CliEnd {
  /** Exit code, or the signal that ended the process. */
  readonly code: number | NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningCli {
  readonly child: ChildProcess;
  readonly end: Promise<CliEnd>;
  /** Resolves when what was written so far passes. Rejects when the process ended before. */
  readonly until: (isThere: (written: Omit<CliEnd, 'code'>) => boolean) => Promise<void>;
}

export const SIGNED_IN = {
  OSS_ACCESS_KEY_ID: DEMO_ACCOUNT.accessKeyId,
  OSS_ACCESS_KEY_SECRET: DEMO_ACCOUNT.accessKeySecret,
};

/** A folder that is removed when the test ends. */
export const temporaryFolder = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'partwise-cli-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
};

/** A server with the demo's account and synthetic objects, closed when the test ends. */
export const serve = async (options: OssServerOptions = {}) => {
  const server = await startOssServer({ synthetic: true, ...options });
  onTestFinished(server.close);
  return server;
};

/** Starts the command. It is killed when the test ends before it does. */
export const startCli = async (
  words: ReadonlyArray<string>,
  { env = {}, cwd }: CliOptions = {},
): Promise<RunningCli> => {
  const main = await builtMain();
  const child = spawn(process.execPath, [main, ...words], {
    cwd: cwd ?? tmpdir(),
    env: { PATH: process.env['PATH'], HOME: tmpdir(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const written = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      written[name] += text;
      child.emit('written');
    });
  }
  const end = new Promise<CliEnd>((resolve) => {
    child.once('close', (code, signal) => resolve({ code: code ?? signal, ...written }));
  });
  const until: RunningCli['until'] = (isThere) =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (isThere(written)) resolve();
      };
      child.on('written', look);
      look();
      void end.then(({ stderr }) => reject(new Error(`ended before: ${stderr}`)));
    });
  return { child, end, until };
};

/** Runs the command to its end. */
export const runCli = async (
  words: ReadonlyArray<string>,
  options: CliOptions = {},
): Promise<CliEnd> => (await startCli(words, options)).end;

/** The lines of `--json`. */
export const jsonOf = (stdout: string): ReadonlyArray<Readonly<Record<string, unknown>>> =>
  stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const BUILDS = join(ROOT, 'node_modules', '.cache', 'partwise-cli');

let main: Promise<string> | null = null;

/** The command's file, built when nobody did so yet for these sources. */
export const builtMain = (): Promise<string> => {
  main ??= build();
  return main;
};

/** Several test processes may build at once: each into its own folder, and one is renamed first. */
const build = async (): Promise<string> => {
  const folder = join(BUILDS, await digestOfSources());
  const file = join(folder, 'dist', 'cli', 'main.js');
  if (existsSync(file)) return file;
  await removeOldBuilds();
  const own = `${folder}.${process.pid}`;
  await mkdir(own, { recursive: true });
  await copyFile(join(ROOT, 'package.json'), join(own, 'package.json'));
  await cp(join(ROOT, 'assets'), join(own, 'assets'), { recursive: true });
  const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  const options = ['--outDir', join(own, 'dist'), '--noCheck', '--declaration', 'false'];
  for (const project of ['tsconfig.build.json', 'tsconfig.page.build.json']) {
    execFileSync(process.execPath, [tsc, '-p', join(ROOT, project), ...options]);
  }
  await rename(own, folder).catch(() => rm(own, { recursive: true, force: true }));
  return file;
};

const digestOfSources = async (): Promise<string> => {
  const hash = createHash('sha256');
  for (const folder of ['src', 'assets']) {
    const names = await readdir(join(ROOT, folder), { recursive: true });
    for (const name of names.filter((it) => /\.\w+$/.test(it)).sort()) {
      hash.update(name).update(await readFile(join(ROOT, folder, name)));
    }
  }
  return hash.digest('hex').slice(0, 16);
};

const HOUR_MS = 3_600_000;

const removeOldBuilds = async (): Promise<void> => {
  for (const name of await readdir(BUILDS).catch(() => [])) {
    const path = join(BUILDS, name);
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Date.now() }));
    if (Date.now() - mtimeMs > HOUR_MS) await rm(path, { recursive: true, force: true });
  }
};
