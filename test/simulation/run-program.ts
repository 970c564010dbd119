/** Runs a program of the simulation as a process of plain Node, for tests. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface ProgramEnd {
  readonly code: number;
  readonly stdout: string;
}

const RUN = fileURLToPath(new URL('./run.mjs', import.meta.url));
const OUTPUT_LENGTH_MAX = 2 ** 26;

export const runProgram = (...words: ReadonlyArray<string>): Promise<ProgramEnd> =>
  new Promise((resolve) => {
    const options = { maxBuffer: OUTPUT_LENGTH_MAX };
    const child = execFile(process.execPath, [RUN, ...words], options, (_, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, stdout: stdout + stderr }),
    );
  });
