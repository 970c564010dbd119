/** The command line of `simulate`, and what its help says. */
import type { Command } from 'commander';

/** The options, as they were typed. */
export interface SimulateFlags {
  readonly size: string;
  readonly lanes: string;
  readonly partSize: string;
  readonly bandwidth: string;
  readonly bandwidthPerConnection?: string;
  readonly rtt: string;
  readonly jitter: string;
  readonly loss: string;
  readonly killEvery?: string;
  readonly powerCutEvery?: string;
  readonly expireCredentials?: string;
  readonly resetEvery?: string;
  readonly seed: string;
  readonly trace?: string;
  readonly json?: true;
}

/** What was asked of `simulate`. */
export interface SimulateRequest {
  readonly flags: SimulateFlags;
}

export const addSimulate = (
  program: Command,
  ask: (invocation: { readonly command: 'simulate'; readonly request: SimulateRequest }) => void,
): void => {
  const simulate = program
    .command('simulate')
    .summary('how long a download takes over a bad network, and what does better')
    .description(DESCRIPTION)
    .addHelpText('after', UNITS_HELP);
  const add = (title: string, rows: ReadonlyArray<Row>): void => {
    simulate.optionsGroup(title);
    for (const [flags, meaning, standard] of rows) simulate.option(flags, meaning, standard);
  };
  add('The download:', DOWNLOAD);
  add('The network:', NETWORK);
  add('What happens on the way:', HARDSHIPS);
  add('The answer:', ANSWER);
  simulate.action((flags: SimulateFlags) => ask({ command: 'simulate', request: { flags } }));
};

type Row = readonly [flags: string, meaning: string, standard?: string];

const DOWNLOAD: ReadonlyArray<Row> = [
  ['--size <size>', 'of the object', '1GB'],
  ['--lanes <n>', 'parts in flight: auto (8), a number, or a list to compare: 4,8,16', 'auto'],
  ['--part-size <size>', '100KB to 5GiB, or auto (8MiB)', 'auto'],
];

const NETWORK: ReadonlyArray<Row> = [
  ['--bandwidth <rate>', 'of the link that all connections share', '100Mbit'],
  ['--bandwidth-per-connection <rate>', 'that one connection gets at most (default: all)'],
  ['--rtt <time>', 'to the server and back', '50ms'],
  ['--jitter <time>', 'up to so much longer, each way', '0ms'],
  ['--loss <percent>', 'of the packets; slows each connection down as TCP does', '0%'],
];

const HARDSHIPS: ReadonlyArray<Row> = [
  ['--kill-every <time>', 'the process is killed, on average, and started again at once'],
  ['--power-cut-every <time>', 'the power is cut, on average'],
  ['--expire-credentials <time>', 'credentials last so long, and are refreshed'],
  ['--reset-every <n>', 'every n-th request is reset somewhere in its answer'],
];

const ANSWER: ReadonlyArray<Row> = [
  ['--seed <n>', 'decides what is left to chance: same seed, same answer', '1'],
  ['--trace <file>', 'record what was simulated of the asked setting, for partwise replay'],
  ['--json', 'print one JSON object per line on stdout, for programs'],
];

const DESCRIPTION = `Simulates a download with the real downloader, in virtual time and without a
network: how long it takes, how much is fetched twice, what would do better.`;

const UNITS_HELP = `
Times: 80ms, 30s, 15m, 6h. Sizes: 50GB, 8MiB. Rates: 200Mbit is bits a second,
25MB is bytes a second. Of a long download the beginning is simulated, and the
rest follows from its pace and from what an interruption cost there.`;
