/**
 * Which commands do something where a download is now, and why the others do not.
 *
 * The chart hears commands everywhere. A command is enabled where it leads to something: at once,
 * or as soon as the state comes to its end.
 */
import type { CommandView, DownloadView } from './download-view.ts';
import { isFinal, isIn, type Situation, topLevel } from './situation.ts';

type Commands = DownloadView['commands'];

/** @param situation Null: nothing was heard of the download yet. */
export const commandsOf = (situation: Situation | null): Commands => {
  if (situation === null) return all('Nothing is under way yet.');
  const { states, ending } = situation;
  if (isFinal(states) || ending !== null) return all('It has ended.');
  switch (topLevel(states)) {
    case 'planning':
    case 'downloadingParts':
      return { pause: ENABLED, resume: NOT_PAUSED, cancel: ENABLED };
    case 'validatingBreakpoint':
    case 'repairing':
      return afterwards(situation);
    case 'settling':
      return settling(situation);
    case 'paused':
      return { pause: because('It is paused already.'), resume: ENABLED, cancel: ENABLED };
    case 'finalizing':
      return all('All has arrived: it only has to be put in place.');
    default:
      return all('Nothing is under way yet.');
  }
};

/** Where a wish is noted, and acted on once the state has done its work. */
const afterwards = ({ context: { intent } }: Situation): Commands =>
  intent === 'cancel'
    ? all('It is being cancelled already.')
    : {
        pause: intent === 'pause' ? PAUSING : ENABLED,
        resume: intent === 'download' ? NOT_PAUSED : ENABLED,
        cancel: ENABLED,
      };

/** Until the part file is being closed a pause may be taken back; a cancel never. */
const settling = (situation: Situation): Commands => {
  const { states, context } = situation;
  const isOpen = isIn(states, 'settling.resting') || isIn(states, 'settling.checkpointing');
  if (context.error !== null) return all('It is ending, since something failed.');
  return isOpen ? afterwards(situation) : all('It is ending, as asked.');
};

const ENABLED: CommandView = { isEnabled: true, reason: '' };

const because = (reason: string): CommandView => ({ isEnabled: false, reason });

const NOT_PAUSED = because('It is not paused.');
const PAUSING = because('It is pausing already.');

const all = (reason: string): Commands => ({
  pause: because(reason),
  resume: because(reason),
  cancel: because(reason),
});
