/** Saying no to a word of the command line, and reading numbers from it. */
import { usageError } from '../domain/errors.ts';
import { E } from '../fp.ts';
import type { ErrorOf } from '../index.ts';

type UsageError = ErrorOf<'UsageError'>;

/** Left: this option cannot have this value; `allowed` says which it can. */
export const refuse = (
  option: string,
  value: string,
  allowed: string,
): E.Either<UsageError, never> => E.left(usageError(option, value, allowed));

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

/**
 * One of a few words, or nothing.
 *
 * @param choices What each word stands for.
 */
export const decodeChoice = <A>(
  option: string,
  text: string | undefined,
  choices: Readonly<Record<string, A>>,
): E.Either<UsageError, A | undefined> => {
  if (text === undefined) return E.right(undefined);
  const choice = Object.hasOwn(choices, text) ? choices[text] : undefined;
  if (choice !== undefined) return E.right(choice);
  const words = Object.keys(choices);
  return refuse(option, text, `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`);
};
