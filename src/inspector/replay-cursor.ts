/** A place in a recording, and what is known there. */
import { foldView, type ViewFold } from '../view/fold-view.ts';
import { KEYFRAME_SPACING, type Recording } from './recording.ts';

export interface ReplayCursor {
  /** How many records have been told. */
  readonly index: () => number;
  /** Goes to where so many have been told: at most a keyframe's spacing away, or straight on. */
  readonly goTo: (index: number) => void;
  /** As things stand there. */
  readonly fold: ViewFold;
}

/** At the beginning, before the first record. */
export const replayCursor = ({ records, keyframes }: Recording): ReplayCursor => {
  const fold = foldView();
  let index = 0;

  const goTo = (wanted: number): void => {
    const target = Math.min(Math.max(0, wanted), records.length);
    const nearest = Math.min(Math.floor(target / KEYFRAME_SPACING), keyframes.length - 1);
    const keyframe = keyframes[nearest];
    const isFarther = nearest * KEYFRAME_SPACING > index;
    if (keyframe !== undefined && (target < index || isFarther)) {
      fold.restore(keyframe);
      index = nearest * KEYFRAME_SPACING;
    }
    for (; index < target; index++) fold.take(records[index]!);
  };
  return { index: () => index, goTo, fold };
};
