/** The options of `get` that let somebody look on: from words of a command line to what is meant. */
import { resolve } from 'node:path';
import { E } from '../fp.ts';
import type { ErrorOf } from '../index.ts';
import { refuse } from './refuse.ts';

/** As they were typed. */
export interface OnlookerFlags {
  readonly trace?: string;
  /** True: no port was named. */
  readonly inspect?: string | true;
  readonly watch?: true;
}

/** Who shall look on. */
export interface OnlookerWishes {
  /** Absolute path of the trace; null: none is wanted. */
  readonly trace: string | null;
  readonly inspector: InspectorWish | null;
  readonly isWatched: boolean;
}

export type InspectorWish =
  /** Our own page. Port 0: the system picks one. */
  | { readonly _tag: 'Page'; readonly port: number }
  /** Stately's inspector, which listens on a port of this computer. */
  | { readonly _tag: 'Stately'; readonly port: number };

type UsageError = ErrorOf<'UsageError'>;

/** Where Stately's local server listens unless it is told otherwise. */
const STATELY_PORT = 8080;

/** @param target Absolute path of the file that is downloaded: a trace must not be that. */
export const decodeOnlookers = (
  { trace, inspect, watch }: OnlookerFlags,
  target: string,
): E.Either<UsageError, OnlookerWishes> => {
  if (trace === '') return refuse('--trace', trace, TRACE_ALLOWED);
  const path = trace === undefined ? null : resolve(trace);
  if (trace !== undefined && path === target) {
    return refuse('--trace', trace, 'another file than the target');
  }
  const inspector = decodeInspector(inspect);
  if (E.isLeft(inspector)) return inspector;
  return E.right({ trace: path, inspector: inspector.right, isWatched: watch ?? false });
};

export const TRACE_ALLOWED = 'a file in a folder that exists and can be written to';

const decodeInspector = (
  text: string | true | undefined,
): E.Either<UsageError, InspectorWish | null> => {
  if (text === undefined) return E.right(null);
  if (text === true) return E.right({ _tag: 'Page', port: 0 });
  const [, word, digits] = /^(stately)?:?(\d{1,5})?$/.exec(text) ?? [];
  const port = digits === undefined ? STATELY_PORT : Number(digits);
  if (word === undefined && digits === undefined) return refuse('--inspect', text, ALLOWED);
  if (port > 65_535) return refuse('--inspect', text, ALLOWED);
  return E.right({ _tag: word === undefined ? 'Page' : 'Stately', port });
};

const ALLOWED =
  'a port from 0 to 65535, stately or stately:PORT; without one, --inspect stands behind SOURCE';
