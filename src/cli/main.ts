#!/usr/bin/env node
/** The `partwise` command: wires the host to what was asked. */
import { E } from '../fp.ts';
import { parseArguments } from './arguments.ts';
import { DONE } from './exit-codes.ts';
import { type Io, outputTo } from './output.ts';
import { ownCommand } from './own-command.ts';
import { ownVersion } from './own-version.ts';
import { tellFailure, tellLostLines, tellThrown } from './tell-failure.ts';

const [, script = '', ...words] = process.argv;

const io: Io = {
  stdout: outputTo(process.stdout),
  stderr: outputTo(process.stderr),
  env: process.env,
  now: () => performance.now(),
};

/** A command's modules are loaded when it is the one that was asked for: help takes no network. */
const run = async (): Promise<number> => {
  const json = words.includes('--json');
  const parsed = parseArguments(words, ownVersion());
  if (E.isLeft(parsed)) return tellFailure(parsed.left, false, { json, io });
  const asked = parsed.right;
  const command = ownCommand(script, io.env);
  switch (asked.command) {
    case 'get': {
      const { getCommand } = await import('./get-command.ts');
      return getCommand(asked.request, { command, words }, io);
    }
    case 'list': {
      const { listCommand } = await import('./list-command.ts');
      return listCommand(asked.request, io);
    }
    case 'explain': {
      const { explainCommand } = await import('./explain-command.ts');
      return explainCommand(asked.request, io);
    }
    case 'clean': {
      const { cleanCommand } = await import('./clean-command.ts');
      return cleanCommand(asked.request, io);
    }
    case 'serve': {
      const { serveCommand } = await import('./serve-command.ts');
      return serveCommand(asked.request, command, io);
    }
    case 'replay': {
      const { replayCommand } = await import('./replay-command.ts');
      return replayCommand(asked.request, io);
    }
    case 'chart': {
      const { chartCommand } = await import('./chart-command.ts');
      return chartCommand(asked.request, io);
    }
    case 'simulate': {
      const { simulateCommand } = await import('./simulate-command.ts');
      return simulateCommand(asked.request, io);
    }
    case 'demo': {
      const { demoCommand } = await import('./demo-command.ts');
      return demoCommand(io);
    }
    case 'show':
      io.stdout.text(asked.text);
      return DONE;
  }
};

/** Whatever is still open (a look-up that nobody waits for) must not keep the process alive. */
const exit = async (code: number): Promise<never> => {
  const lost = await io.stdout.flush();
  const told = lost === null ? code : tellLostLines(lost, code, io);
  await io.stderr.flush();
  process.exit(told);
};

/** Whatever it is, people get one line and programs the last one that they wait for. */
const endWith = (thrown: unknown): Promise<never> =>
  exit(tellThrown(thrown, { json: words.includes('--json'), io }));

process.once('uncaughtException', endWith);
run().then(exit, endWith);
