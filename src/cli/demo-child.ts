/** The demo's downloads: `partwise get … --json` in a process that can be killed. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { DownloadEmitted, DownloadError, DownloadOutcome } from '../index.ts';

/** What a child writes, line by line. */
export type ChildEvent =
  | Exclude<DownloadEmitted, { readonly type: 'renamed' | 'failed' | 'cancelled' }>
  | ({ readonly type: 'renamed' } & DownloadOutcome)
  | { readonly type: 'failed'; readonly error: DownloadError; readonly resumable: boolean };

export interface ChildOptions {
  /** What follows the command's name. */
  readonly words: ReadonlyArray<string>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Called for each line. `kill` ends the child with SIGKILL. */
  readonly onEvent: (event: ChildEvent, kill: () => void) => void;
  /** Aborting kills the child. */
  readonly signal: AbortSignal;
}

/** Runs the command. Resolves with what ended it, once all of its lines were told. */
export const runChild = async (options: ChildOptions): Promise<number | NodeJS.Signals> => {
  const { words, env, onEvent, signal } = options;
  const child = spawn(process.execPath, [MAIN, ...words], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const kill = (): void => void child.kill('SIGKILL');
  signal.addEventListener('abort', kill, { once: true });
  const ended = new Promise<number | NodeJS.Signals>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, by) => resolve(code ?? by ?? 1));
  });
  createInterface({ input: child.stdout }).on('line', (line) => {
    const event = readEvent(line);
    if (event !== null) onEvent(event, kill);
  });
  const how = await ended;
  signal.removeEventListener('abort', kill);
  return how;
};

/** Beside this file where it runs from. */
const MAIN = fileURLToPath(new URL('./main.js', import.meta.url));

/** Null for the torn line that a kill leaves behind. */
const readEvent = (line: string): ChildEvent | null => {
  try {
    const event: unknown = JSON.parse(line);
    const isEvent = typeof event === 'object' && event !== null && 'type' in event;
    return isEvent ? (event as ChildEvent) : null;
  } catch {
    return null;
  }
};
