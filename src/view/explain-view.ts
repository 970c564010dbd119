/** Why a download does what it does, or why it waits, in one sentence. */
import { formatSize } from '../domain/bytes.ts';
import { describeError } from '../domain/describe-error.ts';
import { isWorthKeeping } from '../machines/download-steps.ts';
import { explainDownloading } from './explain-downloading.ts';
import { isFinal, isIn, type Situation, topLevel } from './situation.ts';
import { causeWords, countWords, formatWait, triesWords } from './words.ts';

/** The sentence; empty where the state says itself. */
export const explainView = (situation: Situation): string => {
  const { states, context, ending } = situation;
  if (ending === 'threw') return 'A defect in the program ended it.';
  if (ending === 'stopped' && !isFinal(states)) return 'Its process ended without a goodbye.';
  switch (topLevel(states)) {
    case 'planning':
      return explainPlanning(situation);
    case 'validatingBreakpoint':
      return 'Reads what a former run left, and judges whether it may go on from there.';
    case 'downloadingParts':
      return explainDownloading(situation);
    case 'settling':
      return explainSettling(situation);
    case 'paused':
      return explainPause(situation);
    case 'repairing':
      return context.repaired === null
        ? 'The checksum of the whole differs: reads every part back to find the wrong ones.'
        : 'The checksum of the whole still differs: every part is fetched once more.';
    case 'finalizing':
      return explainFinalizing(states);
    case 'renamed':
      return explainEnd(situation);
    case 'failed':
      return context.error === null ? '' : describeError(context.error);
    case 'cancelled':
      return isWorthKeeping(context)
        ? 'Ended on request; what has arrived is kept for a later run.'
        : 'Ended on request; nothing of it is left.';
    default:
      return '';
  }
};

const explainPlanning = ({ states, context }: Situation): string => {
  const { error, attempts, delayMs, refreshes } = context;
  if (isIn(states, 'planning.surveying')) {
    return 'Looks whether the file can be created, and what is there already.';
  }
  if (isIn(states, 'planning.refreshingAccess')) {
    const because = error ?? refreshes.because;
    return `Waits for fresh credentials${because === null ? '' : ` after ${causeWords(because)}`}.`;
  }
  if (isIn(states, 'planning.backingOff') && error !== null) {
    const wait = formatWait(delayMs);
    return `Waits ${wait} after ${causeWords(error)} (${triesWords(attempts)}) to ask again.`;
  }
  return attempts === 0
    ? 'Asks the server what the object is, and whether it can be had in parts.'
    : `Asks the server again what the object is (${triesWords(attempts)} failed).`;
};

const explainSettling = ({ states, context, lanes }: Situation): string => {
  const { error, intent } = context;
  const purpose =
    error !== null
      ? 'before it ends'
      : intent === 'pause'
        ? 'before it pauses'
        : intent === 'cancel'
          ? 'before it ends as asked'
          : 'before it goes on';
  const cause = error === null ? '' : ` ${describeError(error)}`;
  if (isIn(states, 'settling.resting')) {
    const waits = `Waits until ${countWords(lanes.length, 'part')} came to rest, ${purpose}.`;
    return lanes.length === 0 ? `Comes to rest ${purpose}.${cause}` : `${waits}${cause}`;
  }
  if (isIn(states, 'settling.checkpointing')) return `Records what was written ${purpose}.${cause}`;
  if (isIn(states, 'settling.discarding')) return 'Removes what is left of it.';
  return `Closes the part file ${purpose}.${cause}`;
};

const explainPause = ({ context: { error, plan } }: Situation): string => {
  if (error?._tag === 'DiskFull') {
    return `The disk is full, ${formatSize(error.missing)} are missing; what is there is kept.`;
  }
  if (error !== null) return describeError(error);
  return plan === null
    ? 'Paused on request, before anything was fetched.'
    : 'Paused on request, with everything kept.';
};

const explainFinalizing = (states: ReadonlyArray<string>): string => {
  if (isIn(states, 'finalizing.checkpointing')) return 'Makes the last bytes durable.';
  if (isIn(states, 'finalizing.checking')) return 'Proves the bytes by the checksum of the whole.';
  return 'Puts the file in place.';
};

const explainEnd = ({ context: { committed, target } }: Situation): string =>
  committed === null
    ? `The file is in place: ${target}.`
    : `${formatSize(committed.size)} are in place, CRC-64 ${committed.crc64}: ${target}.`;
