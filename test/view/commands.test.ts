/** Which buttons can be pressed where, and what is said of those that cannot. */
import { describe, expect, test } from 'vitest';
import type { DownloadError } from '../../src/domain/errors.ts';
import { type DownloadContext, startContext } from '../../src/machines/download-context.ts';
import { commandsOf } from '../../src/view/commands.ts';
import type { Situation } from '../../src/view/situation.ts';
import { scriptedInput } from '../trace/scripted-download.ts';

const RESET: DownloadError = { _tag: 'NetworkFailed', code: 'ECONNRESET', message: 'reset' };

const situation = (state: string, changed: Partial<DownloadContext> = {}): Situation => ({
  states: [`download.${state}`],
  context: { ...startContext(scriptedInput()), ...changed },
  lanes: [],
  unread: 0,
  ending: null,
});

/** The commands that can be pressed, by their first letters. */
const enabledIn = (state: string, changed: Partial<DownloadContext> = {}): string => {
  const commands = commandsOf(situation(state, changed));
  return (['pause', 'resume', 'cancel'] as const)
    .map((name) => (commands[name].isEnabled ? name[0] : '-'))
    .join('');
};

describe('commandsOf', () => {
  test.each([
    ['planning.probing', 'p-c'],
    ['planning.backingOff', 'p-c'],
    ['validatingBreakpoint.opening', 'p-c'],
    ['downloadingParts.transfer', 'p-c'],
    ['repairing', 'p-c'],
    ['paused', '-rc'],
    ['finalizing.checkpointing', '---'],
    ['finalizing.renaming', '---'],
    ['renamed', '---'],
    ['failed', '---'],
    ['cancelled', '---'],
  ])('in %s: %s', (state, enabled) => {
    expect(enabledIn(state)).toBe(enabled);
  });

  test.each([
    ['pause', 'settling.resting', '-rc'],
    ['pause', 'settling.checkpointing', '-rc'],
    ['cancel', 'settling.resting', '---'],
    ['download', 'settling.checkpointing', 'p-c'],
    ['pause', 'validatingBreakpoint.opening', '-rc'],
    ['cancel', 'repairing', '---'],
  ] as const)('a %s that is not over yet may be taken back in %s: %s', (intent, state, enabled) => {
    expect(enabledIn(state, { intent })).toBe(enabled);
  });

  test.each(['settling.closing', 'settling.discarding', 'settling.closed'])(
    'in %s nothing can be taken back',
    (state) => {
      expect(enabledIn(state, { intent: 'cancel' })).toBe('---');
    },
  );

  test('a failure is not to be stopped by a wish', () => {
    expect(enabledIn('settling.resting', { error: RESET })).toBe('---');
    const { cancel } = commandsOf(situation('settling.resting', { error: RESET }));
    expect(cancel.reason).toBe('It is ending, since something failed.');
  });

  test('a process that is gone hears nothing', () => {
    const gone = { ...situation('downloadingParts.transfer'), ending: 'stopped' } as const;
    expect(commandsOf(gone).resume).toEqual({ isEnabled: false, reason: 'It has ended.' });
  });

  test('gives a reason for everything that cannot be pressed, and for nothing else', () => {
    for (const state of ['planning.probing', 'paused', 'finalizing.checking', 'settling.closing']) {
      for (const { isEnabled, reason } of Object.values(commandsOf(situation(state)))) {
        expect(reason).toMatch(isEnabled ? /^$/ : /^[A-Z].*\.$/);
      }
    }
  });
});
