/** The built command together with what the inspector's page needs beside it. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { builtMain } from '../cli/run-cli.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Builds the command and the page where that was not done yet for these sources. */
export const buildPage = async (): Promise<void> => {
  const dist = dirname(dirname(await builtMain()));
  if (!existsSync(join(dist, 'inspector', 'page', 'main.js'))) {
    const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
    const project = join(ROOT, 'tsconfig.page.build.json');
    execFileSync(process.execPath, [
      tsc,
      '-p',
      project,
      '--outDir',
      dist,
      '--declaration',
      'false',
    ]);
  }
  // Always: the style sheet is no source that the build would notice.
  await cp(join(ROOT, 'assets'), join(dist, '..', 'assets'), { recursive: true });
};
