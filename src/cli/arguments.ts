/** The command line, by commander: what was asked, or what is wrong with it. */

import { Command, CommanderError } from 'commander';
import { usageError } from '../domain/errors.ts';
import { withoutSecrets } from '../domain/http-source.ts';
import { E } from '../fp.ts';
import type { ErrorOf } from '../index.ts';
import type { ChartRequest } from './chart-command.ts';
import { LISTED_OPTIONS } from './flag-names.ts';
import { addGetOptions, ENVIRONMENT_HELP } from './get-help.ts';
import type { GetFlags, GetRequest } from './get-options.ts';
import { addHousekeeping, type HousekeepingInvocation } from './housekeeping-arguments.ts';
import type { ReplayRequest } from './replay-command.ts';
import type { ServeRequest } from './serve-command.ts';
import { addSimulate, type SimulateRequest } from './simulate-arguments.ts';

/** What was asked of the command. */
export type Invocation =
  | { readonly command: 'get'; readonly request: GetRequest }
  | { readonly command: 'serve'; readonly request: ServeRequest }
  | { readonly command: 'replay'; readonly request: ReplayRequest }
  | HousekeepingInvocation
  | { readonly command: 'chart'; readonly request: ChartRequest }
  | { readonly command: 'simulate'; readonly request: SimulateRequest }
  | { readonly command: 'demo' }
  /** Help or version: only to be printed. */
  | { readonly command: 'show'; readonly text: string };

/**
 * Reads the words after the command's name.
 *
 * Values are not looked at here: that they make sense is for whoever uses them to say. Errors show
 * options by name only, since a mistyped one may carry a secret.
 */
export const parseArguments = (
  words: ReadonlyArray<string>,
  version: string,
): E.Either<ErrorOf<'UsageError'>, Invocation> => {
  let asked: Invocation | null = null;
  let shown = '';
  const program = describeProgram(version, {
    ask: (invocation) => {
      asked = invocation;
    },
    show: (text) => {
      shown += text;
    },
  });
  try {
    program.parse(words, { from: 'user' });
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) throw thrown;
    if (thrown.exitCode !== 0) return E.left(mistakeOf(thrown));
  }
  return E.right(asked ?? { command: 'show', text: shown });
};

interface Answers {
  readonly ask: (invocation: Invocation) => void;
  readonly show: (text: string) => void;
}

const describeProgram = (version: string, { ask, show }: Answers): Command => {
  const program = new Command('partwise')
    .description('Resumable downloads that end byte-identical, from Alibaba Cloud OSS and HTTP.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .exitOverride()
    .configureOutput({ writeOut: show, writeErr: () => {}, outputError: () => {} });
  const get = program
    .command('get')
    .summary('download an object; run again to resume')
    .description('Downloads an object. Interrupted by whatever: the same command resumes.')
    .argument('<source>', 'oss://BUCKET/KEY, or an http(s) URL')
    .argument('[target]', 'a file, or a folder to put it into (default: the current folder)')
    .addHelpText('after', ENVIRONMENT_HELP);
  addGetOptions(get).action((source: string, target: string | undefined, flags: GetFlags) =>
    ask({ command: 'get', request: { source, target: target ?? null, flags } }),
  );
  addHousekeeping(program, ask);
  program
    .command('serve')
    .summary('an OSS server on this computer, to try things with')
    .description('Serves FILES of DIR/BUCKET/KEY and synthetic objects on 127.0.0.1, as OSS does.')
    .argument('[dir]', 'folder with one folder per bucket (default: synthetic objects only)')
    .option('--port <n>', 'port to listen on (default: a free one)')
    .option('--anonymous', 'answer unsigned requests, too')
    .action((dir: string | undefined, flags: ServeRequest['flags']) =>
      ask({ command: 'serve', request: { folder: dir ?? null, flags } }),
    );
  program
    .command('replay')
    .summary('look at a download that get --trace recorded')
    .description('Serves a page on 127.0.0.1 that shows a recorded download at any moment.')
    .argument('<file>', 'the trace')
    .option('--port <n>', 'port to listen on (default: a free one)')
    .action((file: string, flags: ReplayRequest['flags']) =>
      ask({ command: 'replay', request: { file, flags } }),
    );
  program
    .command('chart')
    .summary('the statechart of a download, or of a part of one')
    .description('Prints the statechart that downloads follow, for a browser, a page or a program.')
    .option('--format <format>', 'svg, mermaid or json (default: svg)')
    .option('--machine <machine>', 'download or part (default: download)')
    .action((flags: ChartRequest['flags']) => ask({ command: 'chart', request: { flags } }));
  addSimulate(program, ask);
  program
    .command('demo')
    .description('Downloads through a bad network, is killed half-way, and resumes: 10 seconds.')
    .action(() => ask({ command: 'demo' }));
  return program;
};

/** Commander's complaint as our error: without the values it quotes, and no sentence of its own. */
const mistakeOf = ({ code, message }: CommanderError): ErrorOf<'UsageError'> => {
  const quoted = /'(.*?)'?(?:\n\((.*)\))?$/s.exec(message) ?? [];
  const [, name = '', hint] = quoted;
  const meant =
    hint === undefined ? '' : `; perhaps ${hint.replace(/^Did you mean |\?$/g, '')} was meant`;
  switch (code) {
    case 'commander.unknownOption':
      return usageError(optionName(name), 'unknown', `${LISTED_OPTIONS}${meant}`);
    case 'commander.unknownCommand':
      return usageError('command', withoutSecrets(name), `${COMMANDS}${meant}`);
    case 'commander.help':
      return usageError('command', '', `${COMMANDS}; see partwise --help`);
    default:
      return usageError(
        'arguments',
        message.replace(/^error: |\.$/g, ''),
        'what partwise --help says',
      );
  }
};

const COMMANDS = 'get, list, explain, clean, serve, replay, chart, simulate or demo';

/** The option in a word such as `--header=NAME:VALUE` or `-Hsecret`. */
const optionName = (word: string): string => /^--[\w-]*/.exec(word)?.[0] ?? word.slice(0, 2);
