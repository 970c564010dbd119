/** What `get` is to do, checked as far as neither network nor disk is needed. */
import { resolve } from 'node:path';
import { decodeTransferOptions } from '../domain/download-options.ts';
import { E } from '../fp.ts';
import {
  anonymousCredentials,
  type CredentialsProvider,
  type DownloadError,
  type DownloadOptions,
  type ErrorOf,
  environmentCredentials,
  type Source,
} from '../index.ts';
import { attempt } from './failure.ts';
import { decodeTransfer, type GetFlags, type GetRequest } from './get-options.ts';
import { decodeOnlookers, type OnlookerWishes } from './onlooker-options.ts';
import type { Io } from './output.ts';
import { decodeSource } from './source-argument.ts';
import { decodeTarget, kindOfPath } from './target-argument.ts';

export interface GetOrder {
  readonly options: DownloadOptions & { readonly source: Source };
  /** Absolute path of the file. */
  readonly target: string;
  readonly onlookers: OnlookerWishes;
}

/** The order, or the first mistake in it, before anything is asked of the network. */
export const decodeOrder = (
  { source: text, target: typed, flags }: GetRequest,
  env: Io['env'],
): Decoded<GetOrder> => {
  const source = decodeSource(text, flags, env);
  if (E.isLeft(source)) return source;
  const transfer = decodeTransfer(flags);
  if (E.isLeft(transfer)) return transfer;
  const target = decodeTarget(typed, source.right, kindOfPath);
  if (E.isLeft(target)) return target;
  const provider = flags.anonymous ? anonymousCredentials() : environmentCredentials(env);
  const credentials = source.right._tag === 'OssSource' ? checkCredentials(provider) : NOT_NEEDED;
  if (E.isLeft(credentials)) return credentials;
  const checked = decodeTransferOptions(transfer.right); // An import is before the download.
  if (E.isLeft(checked)) return E.left(asTyped(checked.left, flags));
  const path = resolve(target.right);
  const onlookers = decodeOnlookers(flags, path);
  if (E.isLeft(onlookers)) return onlookers;
  const options = {
    ...transfer.right,
    source: source.right,
    target: path,
    credentials: credentials.right,
  };
  return E.right({ options, target: path, onlookers: onlookers.right });
};

type Decoded<A> = E.Either<DownloadError, A>;

const NOT_NEEDED: Decoded<undefined> = E.right(undefined);

/** Asks once beforehand: missing credentials are a mistake like any other on the command line. */
const checkCredentials = (provider: CredentialsProvider): Decoded<CredentialsProvider> =>
  attempt(() => {
    provider('request', new AbortController().signal);
    return provider;
  });

/** A number has lost how it was typed: an octal one, or one with zeros before it. */
const asTyped = (error: ErrorOf<'UsageError'>, flags: GetFlags): ErrorOf<'UsageError'> => {
  const typed = Object.entries(flags).find(([name]) => name === error.option)?.[1];
  return typeof typed === 'string' ? { ...error, value: typed } : error;
};
