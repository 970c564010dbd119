/** The command line of `list`, `explain` and `clean`. */
import type { Command } from 'commander';
import type { CleanRequest } from './clean-command.ts';
import type { ExplainRequest } from './explain-command.ts';
import type { ListRequest } from './list-command.ts';

export type HousekeepingInvocation =
  | { readonly command: 'list'; readonly request: ListRequest }
  | { readonly command: 'explain'; readonly request: ExplainRequest }
  | { readonly command: 'clean'; readonly request: CleanRequest };

export const addHousekeeping = (
  program: Command,
  ask: (invocation: HousekeepingInvocation) => void,
): void => {
  const list = program
    .command('list')
    .summary('unfinished downloads: how far, how old, whose')
    .description(LIST);
  addCommon(list).action((flags: ListRequest) => ask({ command: 'list', request: flags }));
  const explain = program
    .command('explain')
    .summary('what a resume would do, and why')
    .description(EXPLAIN)
    .argument('<target>', 'the file that was being downloaded')
    .option('--verify', 'read back what is on disk, and compare it with the record');
  addCommon(explain).action((target: string, flags: Omit<ExplainRequest, 'target'>) =>
    ask({ command: 'explain', request: { target, ...flags } }),
  );
  const clean = program
    .command('clean')
    .summary('remove unfinished downloads')
    .description(CLEAN)
    .argument('[target]', 'the file that was being downloaded')
    .option('--all', 'all unfinished downloads of the store')
    .option('--older-than <duration>', 'only what was last touched so long ago: 12h, 7d, 2w')
    .option('--orphans [dir]', 'what nothing needs, in DIR or beside known targets')
    .option('--dry-run', 'only say what would go');
  addCommon(clean).action((target: string | undefined, flags: Omit<CleanRequest, 'target'>) =>
    ask({ command: 'clean', request: { target: target ?? null, ...flags } }),
  );
};

const addCommon = (command: Command): Command =>
  command
    .option('--store <dir>', 'folder for journals (default: PARTWISE_STORE, or ~/.partwise)')
    .option('--json', 'print one JSON object per line on stdout, for programs');

const LIST = `Lists the unfinished downloads of the store, and part files nobody names.

States:
  running     a process is downloading it; some downloads have no journal
  resumable   the same get goes on from there
  proven      every byte is there and was proven; only the rename is left
  finished    the file is in place; only the journal is left
  lost        the part file is gone or another one: a get starts over
  unreadable  the journal is not one of this version, or cannot be read
  leftover    a part file of a process that is gone; no journal names it
  orphan      a part file that nothing in this store names; another store may

With --json one object per line, each with a type: breakpoint; unrecorded, a
running download without a journal or a leftover; orphan; leftover, the claim
of a process that is gone; heldBack, why there are no lines of part files that
nothing names.`;

const EXPLAIN = `Tells what a resume of TARGET would do, and why: asks the disk, never the
network, and changes nothing.

Ends with 7 when another process is downloading it, with 5 when the disk does
not let tell.`;

const CLEAN = `Removes unfinished downloads: the part file, then the journal. Never one
that a living process has open, and never a file that is in place. A process
on another computer counts as gone after two minutes of silence.

With --orphans: what processes that are gone left, journals of downloads that
are finished, and part files that nothing in this store names. Another store
may name these: they are kept until an hour after they changed last.
--older-than is that age then, and selects no downloads but with a TARGET or
--all. Without DIR, part files are looked for beside the targets that the
store knows.

With --json one object per line, each with a type: removed and kept, of
downloads; orphan, another file that went; keptOrphan, one that stays for now;
heldBack, why no part file was looked at; failed, last, what went wrong.

Ends with 7 when another process is downloading TARGET, with 5 when the disk
says no.`;
