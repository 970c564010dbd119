/** Saying no to a word of the command line, and reading numbers from it. */
import { E } from '../fp.ts';
import type { ErrorOf } from '../index.ts';

type UsageError = ErrorOf<'UsageError'>;

/** Left: this option cannot have this value; `allowed` says which it can. */
export const refuse = (
  option: string,
  value: string,
  allowed: string,
): E.Either<UsageError, never> => E.left({ _tag: 'UsageError', option, value, allowed });

/**
 * A whole number as it was typed; its limits are checked where they are known.
 *
 * @param what What it counts, for the message.
 */
export const decodeWhole = (
  option: string,
  text: string | undefined,
  what: string,
): E.Either<UsageError, number | undefined> => {
  if (text === undefined) return E.right(undefined);
  return /^\d{1,15}$/.test(text)
    ? E.right(Number(text))
    : refuse(option, text, `a whole number, ${what}`);
};
