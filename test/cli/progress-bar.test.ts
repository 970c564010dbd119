/** The line on a terminal, and what a shell writes in between. */
import { Writable } from 'node:stream';
import type { WriteStream } from 'node:tty';
import { expect, test } from 'vitest';
import { progressBar } from '../../src/cli/progress-bar.ts';
import type { Download } from '../../src/index.ts';

const SAVE = '\u001b7';
const RESTORE = '\u001b8';

test('after Ctrl-Z and fg the bar comes back to where it is then, not to where it was', () => {
  let shown = '';
  const write = (chunk: Buffer, _: string, done: () => void) => {
    shown += chunk;
    done();
  };
  const terminal = Object.assign(new Writable({ write }), { isTTY: true, columns: 80 });
  const written = () => {
    const since = shown;
    shown = '';
    return since;
  };
  const listeners = process.listenerCount('SIGCONT');
  const io = {
    stderr: { line: () => {}, text: () => {}, flush: async () => null, terminal: null },
    ...{ stdout: null as never, env: {}, now: () => 0 },
  };
  const snapshot = { value: 'planning', context: { progress: null, plan: null } };
  const job = { actor: { getSnapshot: () => snapshot } } as unknown as Download;
  const subject = { label: 'a', target: '/a' };
  const bar = progressBar(subject, job, io, terminal as unknown as WriteStream);
  expect(written().split(SAVE)).toHaveLength(2);
  process.emit('SIGCONT', 'SIGCONT');
  expect(written().split(SAVE)).toHaveLength(2);
  bar.close();
  expect(written().split(RESTORE)).toHaveLength(2);
  expect(process.listenerCount('SIGCONT')).toBe(listeners);
});
