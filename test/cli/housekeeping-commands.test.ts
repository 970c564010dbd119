/** `list`, `explain` and `clean` after real downloads that were interrupted. */
import { mkdir, readdir, readFile, rename, symlink, utimes, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseArguments } from '../../src/cli/arguments.ts';
import { fault, forMethod, whenPart } from '../../src/testing/index.ts';
import { simulatedHost } from '../../src/testing/simulation/simulated-host.ts';
import { arrange as arrangeStore, begin, effectsOn } from '../housekeeping/arrange.ts';
import {
  type CliEnd,
  jsonOf,
  type RunningCli,
  runCli,
  SIGNED_IN,
  serve,
  startCli,
  temporaryFolder,
} from './run-cli.ts';
import { runHere } from './run-here.ts';

const ORPHAN = 'x.partwise-00000000.part';
const SIZE = 3_000_000;
const SOURCE = `oss://bucket/synthetic/7/${SIZE}`;

/** A store in which processes of other computers left what each test says. */
const arrangeLeft = async () => {
  const { folder, store, leave } = await arrangeStore();
  const run = (...words: ReadonlyArray<string>) => runHere([...words, '--store', store]);
  /** A process elsewhere takes a target and makes a part file; nobody knows more of it. */
  const beginElsewhere = (target: string) =>
    begin(effectsOn(store, simulatedHost('elsewhere').start()), target);
  /** Lets two minutes have gone by since it was seen. */
  const silence = async (claim: string): Promise<void> => {
    const longAgo = new Date(Date.now() - 3 * MINUTE_MS);
    await utimes(claim, longAgo, longAgo);
  };
  return { folder, store, target: join(folder, 'object.bin'), leave, run, beginElsewhere, silence };
};

const MINUTE_MS = 60_000;

const hoursAgo = (hours: number): Date => new Date(Date.now() - hours * 60 * MINUTE_MS);

/** A folder with a store, and how to leave two of three parts there. */
const arrange = async () => {
  const folder = await temporaryFolder();
  const [store, target] = [join(folder, 'store'), join(folder, 'object.bin')];
  const server = await serve({ faults: [whenPart({ index: 2, size: 1_000_000 }, fault.reset)] });
  const get = [
    ...['get', SOURCE, target, '--endpoint', server.url, '--store', store],
    ...['--part-size', '1MB', '--threshold', '0', '--retries', '0', '--concurrency', '1'],
  ];
  const leave = async () => {
    const { code } = await runHere(get, { env: SIGNED_IN });
    expect(code).toBe(6);
  };
  const run = (...words: ReadonlyArray<string>) => runHere([...words, '--store', store]);
  return { server, folder, store, target, get, leave, run };
};

test.each(['list', 'explain', 'clean'])('%s --help fits into 80 columns', (command) => {
  const shown = parseArguments([command, '--help'], '0.0.0');
  const text = 'right' in shown && 'text' in shown.right ? shown.right.text : '';
  expect(text.split('\n').filter((line) => line.length > 80)).toEqual([]);
  // A line that was too long is broken: its last word then stands alone.
  expect(text.split('\n').filter((line) => /^\w+$/.test(line))).toEqual([]);
});

describe('partwise list', () => {
  test('says that there is nothing', async () => {
    const { run, store } = await arrange();
    const { code, stdout } = await run('list');
    expect({ code, stdout }).toEqual({ code: 0, stdout: `No unfinished downloads in ${store}.\n` });
    expect((await run('list', '--json')).stdout).toBe('');
  });

  test('is a table of what is there', async () => {
    const { run, leave, target, folder } = await arrange();
    await leave();
    const orphan = join(folder, ORPHAN);
    await writeFile(orphan, '');
    const { code, stdout } = await run('list');
    const lines = stdout.split('\n').map((line) => line.split(/ {2,}/));
    expect(lines.slice(0, 3)).toEqual([
      ['STATE', 'DONE', 'SIZE', 'AGE', 'TARGET', 'SOURCE'],
      ['resumable', '66 %', '3 MB', expect.stringMatching(/^\d+ s$/), target, SOURCE],
      ['orphan', '-', '0 B', expect.stringMatching(/^\d+ s$/), orphan, '-'],
    ]);
    expect(stdout).toContain('partwise clean --orphans --store ');
    expect(code).toBe(0);
  });

  test('is one JSON object a breakpoint', async () => {
    const { run, leave, target } = await arrange();
    await leave();
    expect(jsonOf((await run('list', '--json')).stdout)).toMatchObject([
      {
        ...{ type: 'breakpoint', state: 'resumable', target, label: SOURCE },
        ...{ size: SIZE, recorded: 2_000_000, partsDone: 2, partsTotal: 3, owner: null },
      },
    ]);
  });
});

test('a running download without a journal is listed with its process', async () => {
  const { run, target, beginElsewhere } = await arrangeLeft();
  const { partFile } = await beginElsewhere(target);
  const [, row] = (await run('list')).stdout.split('\n').map((line) => line.split(/ {2,}/));
  const who = expect.stringMatching(/^process \d+ on elsewhere, no journal$/);
  expect(row).toEqual(['running', '-', '3 B', expect.any(String), target, who]);
  expect(jsonOf((await run('list', '--json')).stdout)).toMatchObject([
    {
      ...{ type: 'unrecorded', state: 'running', target, partFile: { path: partFile } },
      owner: { host: 'elsewhere', standing: 'unknown' },
    },
  ]);
});

test('a journal that tells nothing stays while a download that runs may need it', async () => {
  const { run, target, store, beginElsewhere } = await arrangeLeft();
  await beginElsewhere(target);
  await writeFile(join(store, 'begun.journal'), '');
  const { stderr, code } = await run('clean', '--all');
  expect(stderr).toMatch(/^Kept begun.journal: it may be of what process \d+ on elsewhere is/);
  expect(code).toBe(0);
  expect(await readdir(store)).toContain('begun.journal');
});

test('what hides orphans is a line for programs, too', async () => {
  const { run, folder, beginElsewhere, target, store } = await arrangeLeft();
  await beginElsewhere(target);
  await symlink('loop.journal', join(store, 'loop.journal'));
  const held = { type: 'heldBack', because: { _tag: 'DiskFailed', code: 'ELOOP' } };
  const listed = jsonOf((await run('list', '--json')).stdout);
  expect(listed.at(-1)).toMatchObject(held);
  const { stdout, code } = await run('clean', '--orphans', folder, '--json');
  const failed = { type: 'failed', error: held.because };
  expect(jsonOf(stdout)).toMatchObject([{ ...held, dryRun: false }, failed]);
  expect(code).toBe(5);
});

describe('partwise explain', () => {
  test('says what a resume would do, and asks no server', async () => {
    const { run, leave, target, server } = await arrange();
    await leave();
    const asked = server.requests().length;
    const { code, stdout } = await run('explain', target, '--verify');
    for (const words of [
      'Resumes after 2 MB: 1 MB to fetch.',
      'Asks the server whether the object is still ETag "',
      'Read back 2 MB: all is on disk as recorded.',
    ]) {
      expect(stdout).toContain(words);
    }
    expect(code).toBe(0);
    expect(server.requests()).toHaveLength(asked);
  });

  test('of what nobody knows says that it starts afresh', async () => {
    const { run, target } = await arrange();
    expect(await run('explain', target)).toMatchObject({
      ...{ code: 0, stdout: `No breakpoint: a get to ${target} starts afresh.\n` },
    });
  });

  test('never says so when a journal cannot be read, but which', async () => {
    const { run, target, store } = await arrangeLeft();
    await mkdir(store);
    await writeFile(join(store, 'junk.journal'), 'junk');
    const foreign = await run('explain', target);
    expect(foreign.stdout).toBe(
      `A get to ${target} starts afresh: no journal that can be read is of it.\n` +
        'Not to be read: junk.journal: not a journal of this version\n',
    );
    expect(foreign.code).toBe(0);
    await symlink('loop.journal', join(store, 'loop.journal'));
    const failed = await run('explain', target);
    expect(failed.stdout).toContain(`What a get to ${target} would do cannot be told.\n`);
    expect(failed.stdout).toContain('Not to be read: loop.journal: inspect ');
    expect(failed.code).toBe(5);
  });

  test('of a proven download whose target is a folder now tells the obstacle', async () => {
    const { run, leave } = await arrangeLeft();
    const { target } = await leave({ parts: 3, isFinal: true });
    await mkdir(target);
    const { stdout } = await run('explain', target);
    expect(stdout).toContain(`First it would fail: write "${target}": it is a folder (EISDIR)`);
  });

  test('of a process elsewhere says since when it is silent, and what to do', async () => {
    const { run, target, beginElsewhere, silence } = await arrangeLeft();
    const { claim } = await beginElsewhere(target);
    const { stdout, code } = await run('explain', target);
    expect(stdout).toMatch(
      /Process \d+ on elsewhere is downloading to the same file\. It was seen/,
    );
    expect(stdout).toContain(`2 min of silence it counts as gone: wait for that, or, if you know`);
    expect(stdout).toContain(`remove ${claim}.`);
    expect(code).toBe(7);
    await silence(claim);
    expect((await run('explain', target)).code).toBe(0);
  });

  test('what it says of part files is what clean does', async () => {
    const { run, folder, store, target, beginElsewhere, silence } = await arrangeLeft();
    const orphan = `${target}.partwise-ffffffff.part`;
    const { claim, partFile } = await beginElsewhere(target);
    await silence(claim);
    await writeFile(orphan, '');
    const command = `partwise clean --orphans ${folder} --store ${store}`;
    const young = (await run('explain', target)).stdout;
    expect(young).toContain(`A process that is gone left ${partFile} (3 B): ${command} removes it`);
    expect(young).toContain(`${command} removes it once it was left alone for 1 h.`);
    const [, , ...words] = command.split(' ');
    expect((await runHere(['clean', ...words])).stdout).toBe(
      `Removed ${partFile}.\nRemoved ${claim}.\n`,
    );
    await utimes(orphan, hoursAgo(1), hoursAgo(1));
    const old = (await run('explain', target)).stdout;
    expect(old).toContain(`names ${orphan} (0 B): ${command} removes it.`);
    await runHere(['clean', ...words]);
    expect(await readdir(folder)).toEqual(['store']);
  });
});

describe('partwise clean', () => {
  test('of a target removes what it left', async () => {
    const { run, leave, target, folder, store } = await arrange();
    await leave();
    const dry = await run('clean', target, '--dry-run');
    expect(dry.stdout).toMatch(/^Would remove .+object\.bin \([\d.]+ MB on disk\)\.\n$/);
    expect(await readdir(folder)).toHaveLength(2);
    const { code, stdout } = await run('clean', target, '--json');
    expect(jsonOf(stdout)).toMatchObject([
      { type: 'removed', dryRun: false, breakpoint: { target } },
    ]);
    expect(code).toBe(0);
    expect(await readdir(folder)).toEqual(['store']);
    expect(await readdir(store)).toEqual([]);
    expect((await run('clean', target)).stdout).toBe('Nothing to remove.\n');
  });

  test('by age takes durations', async () => {
    const { run, leave, folder } = await arrange();
    await leave();
    expect((await run('clean', '--older-than', '1h')).stdout).toBe('Nothing to remove.\n');
    expect((await run('clean', '--older-than', '0s')).stdout).toMatch(/^Removed /);
    expect(await readdir(folder)).toEqual(['store']);
  });

  test('--orphans keeps a part file that changed lately, unless told how long ago', async () => {
    const { run, leave, folder } = await arrange();
    await leave();
    const orphan = join(folder, ORPHAN);
    await writeFile(orphan, '');
    const kept = await run('clean', '--orphans', folder);
    expect(kept.stderr).toMatch(/^Kept .+ it changed \d+ s ago, and another store may be/);
    expect(kept).toMatchObject({ code: 0, stdout: '' });
    const [line] = jsonOf((await run('clean', '--orphans', folder, '--json')).stdout);
    expect(line).toMatchObject({ type: 'keptOrphan', dryRun: false, path: orphan, size: 0 });
    const { stdout } = await run('clean', '--orphans', folder, '--older-than', '0s');
    expect(stdout).toBe(`Removed ${orphan}.\n`);
    expect((await run('list')).stdout).toMatch(/^resumable /m);
  });

  test('--orphans does what its dry run said, also where journals go that knew the folder', async () => {
    const { run, leave, folder } = await arrangeLeft();
    const { target, path } = await leave({ parts: 3, isFinal: true });
    await rename(path, target);
    const orphan = `${target}.partwise-ffffffff.part`;
    await writeFile(orphan, '');
    await utimes(orphan, hoursAgo(2), hoursAgo(2));
    const said = (await run('clean', '--orphans', '--dry-run')).stdout;
    expect(said).toBe(
      `Would remove ${orphan}.\nWould remove the journal of ${target}; the file stays.\n`,
    );
    const { stdout } = await run('clean', '--orphans');
    expect(stdout).toBe(said.replaceAll('Would remove', 'Removed'));
    expect(await readdir(folder)).toEqual([basename(target), 'store']);
  });

  test('--all --orphans tells of what one process left only once', async () => {
    const { run, target, beginElsewhere, silence } = await arrangeLeft();
    const { claim, partFile } = await beginElsewhere(target);
    await silence(claim);
    const said = (await run('clean', '--all', '--orphans', '--dry-run')).stdout;
    expect(said).toBe(`Would remove ${partFile}.\nWould remove ${claim}.\n`);
    const { stdout } = await run('clean', '--all', '--orphans');
    expect(stdout).toBe(said.replaceAll('Would remove', 'Removed'));
  });

  test('of a target that a process elsewhere has says what to do', async () => {
    const { run, target, beginElsewhere, silence } = await arrangeLeft();
    const { claim, partFile } = await beginElsewhere(target);
    const { code, stderr } = await run('clean', target);
    expect(stderr).toContain(`Kept ${target}: Process `);
    expect(stderr).toContain(`remove ${claim}.`);
    expect(code).toBe(7);
    await silence(claim);
    expect(await run('clean', target)).toMatchObject({
      ...{ code: 0, stdout: expect.stringContaining(`Removed ${partFile}`) },
    });
  });

  test.each([
    [[], 'clean needs a TARGET, --all, --older-than DURATION or --orphans [DIR].'],
    [['x', '--all'], '--all'],
    [['--older-than', '7'], '12h or 7d'],
    [['--older-than', '-7d'], '12h or 7d'],
    [[''], 'the path of a file'],
  ])('%j is a mistake', async (words, allowed) => {
    const { run } = await arrange();
    const { code, stderr } = await run('clean', ...words);
    expect(stderr).toContain(allowed);
    expect(code).toBe(2);
  });
});

test('while another process downloads, nothing of it is touched and its number is told', async () => {
  const { get, run, target, folder, store, server } = await arrange();
  server.setFaults([forMethod('GET', fault.slow(200_000))]);
  const live = await startCli([...get, '--json'], { env: SIGNED_IN });
  await live.until(({ stdout }) => stdout.includes('"progress"'));
  await expectUntouched(live, { run, target, folder });
  live.child.kill('SIGKILL');
  await live.end;
  expect((await run('list')).stdout).toMatch(/^resumable /m);
  const end = await runCli(['clean', '--all', '--orphans', '--store', store]);
  expect(end).toMatchObject({ code: 0, stderr: '' });
  expect(await readdir(folder)).toEqual(['store']);
  expect(await readdir(store)).toEqual([]);
});

test('the same for a download in one request, which has no journal', async () => {
  const { get, run, target, folder, store, server } = await arrange();
  server.setFaults([forMethod('GET', fault.slow(200_000))]);
  const words = [...get, '--json', '--threshold', '1GB'];
  const live = await startCli(words, { env: SIGNED_IN });
  await live.until(({ stdout }) => /"received":[1-9]/.test(stdout));
  await expectUntouched(live, { run, target, folder });
  live.child.kill('SIGKILL');
  await live.end;
  expect((await run('list')).stdout).toMatch(/^leftover /m);
  const end = await runCli(['clean', target, '--store', store]);
  expect(end).toMatchObject({ code: 0, stderr: '' });
  expect(await readdir(folder)).toEqual(['store']);
  expect(await readdir(store)).toEqual([]);
});

test('a live download of another store loses nothing', async () => {
  const { get, target, folder, server } = await arrange();
  server.setFaults([forMethod('GET', fault.slow(200_000))]);
  const live = await startCli([...get, '--json'], { env: SIGNED_IN });
  await live.until(({ stdout }) => stdout.includes('"progress"'));
  await writeFile(join(folder, 'backup.20240101.part'), 'not ours');
  const before = await readdir(folder);
  const { stderr } = await runHere(['clean', '--orphans', folder, '--store', join(folder, 'b')]);
  expect(stderr).toMatch(/^Kept .+\.part: it changed \d+ s ago, and another store may be/);
  expect(await readdir(folder)).toEqual(before);
  server.setFaults([]);
  expect((await live.end).code).toBe(0);
  expect(await readFile(target)).toHaveLength(SIZE);
});

interface Here {
  readonly run: (...words: ReadonlyArray<string>) => Promise<CliEnd>;
  readonly target: string;
  readonly folder: string;
}

/** Nothing that `list`, `explain` and `clean` do changes what a living download has. */
const expectUntouched = async (live: RunningCli, { run, target, folder }: Here): Promise<void> => {
  const { pid } = live.child;
  const before = await readdir(folder);
  const cleaned = await run('clean', target, '--json');
  const [kept, failed] = jsonOf(cleaned.stdout);
  expect(kept).toMatchObject({ type: 'kept', error: { _tag: 'Busy', pid } });
  expect(failed).toMatchObject({ type: 'failed', error: { _tag: 'Busy', pid } });
  expect(cleaned.code).toBe(7);
  const all = await run('clean', '--all', '--orphans');
  expect(all.stderr).toContain(`Kept ${target}: Process ${pid} on `);
  expect(all.code).toBe(0);
  const explained = await run('explain', target);
  expect(explained.stdout).toContain(`Process ${pid} on `);
  expect(explained.code).toBe(7);
  expect((await run('list')).stdout).toMatch(/^running /m);
  expect(await readdir(folder)).toEqual(before);
};
