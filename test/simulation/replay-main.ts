/**
 * Tells the story of one world in words.
 *
 *   npm run replay -- --seed S --path P | --world JSON [--trace FILE] [--run N]
 *
 * `--trace` writes what the inspector replays (`partwise replay FILE`): of run N, default the last.
 * Exit code 1: a law is broken.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { worldAt } from './explore.ts';
import { storyOf } from './story.ts';
import type { WorldSpec } from './world-spec.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    path: { type: 'string', default: '0' },
    world: { type: 'string' },
    trace: { type: 'string' },
    run: { type: 'string' },
  },
});

const specAsked = (): WorldSpec => {
  if (values.world !== undefined) return JSON.parse(values.world);
  if (values.seed === undefined) throw new RangeError('--seed and --path, or --world');
  return worldAt(Number(values.seed), values.path);
};

const { lines, traces, isLawful } = await storyOf(specAsked());
process.stdout.write(`${lines.join('\n')}\n`);
const trace = traces[values.run === undefined ? traces.length - 1 : Number(values.run) - 1];
if (values.trace !== undefined && trace !== undefined) writeFileSync(values.trace, trace);
process.exitCode = isLawful ? 0 : 1;
