/** Runs `get` inside the test's process: fast, for what needs no process of its own. */
import { parseArguments } from '../../src/cli/arguments.ts';
import { getCommand } from '../../src/cli/get-command.ts';
import type { Output } from '../../src/cli/output.ts';
import { E } from '../../src/fp.ts';
import type { CliEnd, CliOptions } from './run-cli.ts';

export const runHere = async (
  words: ReadonlyArray<string>,
  { env = {} }: Pick<CliOptions, 'env'> = {},
): Promise<CliEnd> => {
  const parsed = parseArguments(words, '0.0.0');
  if (E.isLeft(parsed) || parsed.right.command !== 'get') throw new Error('not a get');
  const [stdout, stderr] = [recorder(), recorder()];
  const io = { stdout: stdout.output, stderr: stderr.output, env, now: () => performance.now() };
  const code = await getCommand(parsed.right.request, { command: 'partwise', words }, io);
  return { code, stdout: stdout.written(), stderr: stderr.written() };
};

const recorder = (): { readonly output: Output; readonly written: () => string } => {
  let written = '';
  const text = (more: string): void => {
    written += more;
  };
  const output: Output = {
    line: (line) => text(`${line}\n`),
    text,
    flush: () => Promise.resolve(),
    terminal: null,
  };
  return { output, written: () => written };
};
