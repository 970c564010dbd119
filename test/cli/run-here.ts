/** Runs a command inside the test's process: fast, for what needs no process of its own. */
import { type Invocation, parseArguments } from '../../src/cli/arguments.ts';
import { cleanCommand } from '../../src/cli/clean-command.ts';
import { explainCommand } from '../../src/cli/explain-command.ts';
import { getCommand } from '../../src/cli/get-command.ts';
import { listCommand } from '../../src/cli/list-command.ts';
import type { Io, Output } from '../../src/cli/output.ts';
import { E } from '../../src/fp.ts';
import type { CliEnd, CliOptions } from './run-cli.ts';

export const runHere = async (
  words: ReadonlyArray<string>,
  { env = {} }: Pick<CliOptions, 'env'> = {},
): Promise<CliEnd> => {
  const parsed = parseArguments(words, '0.0.0');
  if (E.isLeft(parsed)) throw new Error('not understood');
  const [stdout, stderr] = [recorder(), recorder()];
  const io = { stdout: stdout.output, stderr: stderr.output, env, now: () => performance.now() };
  const code = await runAsked(parsed.right, words, io);
  return { code, stdout: stdout.written(), stderr: stderr.written() };
};

const runAsked = (asked: Invocation, words: ReadonlyArray<string>, io: Io): Promise<number> => {
  switch (asked.command) {
    case 'get':
      return getCommand(asked.request, { command: 'partwise', words }, io);
    case 'list':
      return listCommand(asked.request, io);
    case 'explain':
      return explainCommand(asked.request, io);
    case 'clean':
      return cleanCommand(asked.request, io);
    default:
      throw new Error(`${asked.command} needs a process of its own`);
  }
};

const recorder = (): { readonly output: Output; readonly written: () => string } => {
  let written = '';
  const text = (more: string): void => {
    written += more;
  };
  const output: Output = {
    line: (line) => text(`${line}\n`),
    text,
    flush: () => Promise.resolve(null),
    terminal: null,
  };
  return { output, written: () => written };
};
