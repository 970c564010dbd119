/** The built command as a child process, and the JSON lines that it writes. */
import { execFile, spawn } from 'node:child_process';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { DEMO_ACCOUNT } from '../../src/testing/index.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const MAIN = join(ROOT, 'dist', 'cli', 'main.js');

/** One line of `--json`. */
export interface Line {
  readonly type: string;
  readonly [name: string]: unknown;
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly lines: ReadonlyArray<Line>;
  readonly stderr: string;
}

export interface Command {
  readonly kill: () => void;
  readonly ended: Promise<Ended>;
}

/** Compiles `src` to `dist`, unless `dist` is as new as `src`: others may be running it. */
export const buildCommand = async (): Promise<void> => {
  const built = await stat(MAIN).catch(() => null);
  const src = join(ROOT, 'src');
  const files = (await readdir(src, { recursive: true })).filter((name) => name.endsWith('.ts'));
  const changes = await Promise.all(
    files.map(async (name) => (await stat(join(src, name))).mtimeMs),
  );
  if (built !== null && built.mtimeMs >= Math.max(...changes)) return;
  await promisify(execFile)('npx', ['tsc', '-p', 'tsconfig.build.json'], { cwd: ROOT });
};

/** Runs `partwise` with these words, as the demo account. */
export const startCommand = (
  words: ReadonlyArray<string>,
  onLine: (line: Line) => void = () => {},
): Command => {
  const child = spawn(process.execPath, [MAIN, ...words], {
    env: {
      ...process.env,
      OSS_ACCESS_KEY_ID: DEMO_ACCOUNT.accessKeyId,
      OSS_ACCESS_KEY_SECRET: DEMO_ACCOUNT.accessKeySecret,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: Array<Line> = [];
  let stderr = '';
  createInterface({ input: child.stdout }).on('line', (text) => {
    const line = parseLine(text);
    if (line === null) return; // A kill can cut the last line.
    lines.push(line);
    onLine(line);
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  return {
    kill: () => void child.kill('SIGKILL'),
    ended: new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => resolve({ code, signal, lines, stderr }));
    }),
  };
};

const parseLine = (text: string): Line | null => {
  try {
    return JSON.parse(text) as Line;
  } catch {
    return null;
  }
};
