/** The screen of `get --watch`: drawn while the download runs, and gone without a trace. */
import { PassThrough } from 'node:stream';
import type { WriteStream } from 'node:tty';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createActor } from 'xstate';
import { type Io, outputTo } from '../../src/cli/output.ts';
import { watchScreen } from '../../src/cli/watch-screen.ts';
import type { TraceRecord } from '../../src/trace/trace-record.ts';
import { scriptedInput, scriptedMachine } from '../trace/scripted-download.ts';
import { SCENARIOS } from '../view/scenarios.ts';

const ESC = '\u001b';
const ENTER = `${ESC}[?1049h${ESC}[?25l`;
const LEAVE = `${ESC}[?25h${ESC}[?1049l`;
const HOME = `${ESC}[H`;

/** A terminal of this size that keeps what is written to it. */
const terminalOf = (columns: number, rows: number) => {
  const written: Array<string> = [];
  const stream = new PassThrough({ encoding: 'utf8' });
  stream.on('data', (text: string) => written.push(text));
  const terminal = Object.assign(stream, { columns, rows, isTTY: true }) as unknown as WriteStream;
  return { terminal, text: () => written.join('') };
};

const ioOf = (terminal: WriteStream, env: Io['env'] = {}): Io => {
  const output = outputTo(terminal);
  return { stdout: output, stderr: output, env, now: () => 0 };
};

const SUBJECT = { label: 'oss://bucket/object.bin', target: '/data/object.bin' };

/** A tracer that tells what was recorded when it is asked to. */
const recorded = () => {
  let listener: (record: TraceRecord) => void = () => {};
  const subscribe = (next: (record: TraceRecord) => void) => {
    listener = next;
    return () => {
      listener = () => {};
    };
  };
  return { subscribe, tell: (record: TraceRecord) => listener(record) };
};

/** Only the plain line asks it how things stand. */
const JOB = { actor: createActor(scriptedMachine({ partCount: 3 }), { input: scriptedInput() }) };

/** A colour is chosen. */
const COLOUR = new RegExp(`${ESC}\\[3\\dm`);

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
});

afterEach(() => {
  vi.useRealTimers();
});

/** The last frame, line by line, as a person sees it. */
const lastFrame = (text: string): ReadonlyArray<string> =>
  (text.split(LEAVE)[0]?.split(HOME).at(-1) ?? '')
    .replace(new RegExp(`${ESC}\\[[\\d;?]*[a-zA-Z]`, 'g'), '')
    .split('\r\n');

/** Watches a whole recorded download, a frame each time so many records have passed. */
const watched = async (name: string, columns = 80, rows = 24, env: Io['env'] = {}) => {
  const { records, ended } = await SCENARIOS[name]!({});
  const { terminal, text } = terminalOf(columns, rows);
  const tracer = recorded();
  const reporter = watchScreen(SUBJECT, JOB, ioOf(terminal, env), terminal, tracer);
  for (const [index, record] of records.entries()) {
    tracer.tell(record);
    if (index % 10 === 0) vi.advanceTimersByTime(100);
  }
  for (const event of ended.events) reporter.tell(event);
  vi.advanceTimersByTime(100);
  return { reporter, terminal, text, tracer, records };
};

describe('watchScreen', () => {
  test('draws each frame from the top, and gives the terminal back with its lines', async () => {
    const { reporter, text } = await watched('half of it was there');
    expect(lastFrame(text())[0]).toMatch(/^object\.bin +renamed$/);
    reporter.close();
    expect(text().startsWith(ENTER)).toBe(true);
    expect(text().split(HOME).length).toBeGreaterThan(5);
    const [, after] = text().split(LEAVE);
    expect(after).toBe('Resumes after 5 kB: 5 kB to fetch.\n');
  });

  test('writes nothing where nothing changed', async () => {
    const { reporter, terminal, text } = await watched('ten parts');
    const before = text();
    terminal.emit('resize');
    const once = text();
    expect(once.length).toBeGreaterThan(before.length); // A new size is drawn anew.
    vi.advanceTimersByTime(1_000);
    expect(text()).toBe(once);
    reporter.close();
  });

  test('follows the size of the terminal', async () => {
    const { reporter, terminal, text } = await watched('ten parts');
    Object.assign(terminal, { columns: 30, rows: 9 });
    terminal.emit('resize');
    const frame = lastFrame(text());
    expect(frame.length).toBeLessThanOrEqual(9);
    for (const line of frame) expect(line.length).toBeLessThan(30);
    reporter.close();
  });

  test('has no colours where NO_COLOR asks for none', async () => {
    const plain = await watched('ten parts', 80, 24, { NO_COLOR: '1' });
    expect(plain.text()).not.toMatch(COLOUR);
    plain.reporter.close();
    const coloured = await watched('ten parts');
    expect(coloured.text()).toMatch(COLOUR);
    coloured.reporter.close();
  });

  test('shows what is said at once, and leaves it behind', async () => {
    const { reporter, terminal, text } = await watched('ten parts');
    reporter.say('Stops, and keeps what has arrived…');
    terminal.emit('resize');
    expect(lastFrame(text()).at(-1)).toContain('Stops, and keeps what has arrived…');
    reporter.close();
    expect(text().split(LEAVE)[1]).toContain('Stops, and keeps what has arrived…\n');
    reporter.close(); // A second time does nothing.
    expect(text().split(LEAVE)).toHaveLength(2);
    reporter.say('The trace is written.');
    expect(text().endsWith('The trace is written.\n')).toBe(true);
  });

  test('stops listening when it is closed', async () => {
    const exits = process.listenerCount('exit');
    const { reporter, terminal, text, tracer, records } = await watched('ten parts');
    expect(process.listenerCount('exit')).toBe(exits + 1);
    reporter.close();
    expect(process.listenerCount('exit')).toBe(exits);
    const before = text();
    for (const record of records.slice(0, 20)) tracer.tell(record);
    terminal.emit('resize');
    vi.advanceTimersByTime(1_000);
    expect(text()).toBe(before);
  });

  test.each([
    ['too narrow', 19, 24, {}],
    ['too low', 80, 7, {}],
    ['without a cursor', 80, 24, { TERM: 'dumb' }],
  ])('a terminal that is %s gets the plain line', (_, columns, rows, env) => {
    const { terminal, text } = terminalOf(columns, rows);
    const reporter = watchScreen(SUBJECT, JOB, ioOf(terminal, env), terminal, recorded());
    expect(text()).not.toContain('\u001b[?1049h');
    reporter.close();
  });
});
