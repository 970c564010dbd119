/** What the embedded server was asked and what it answered. */

import type { Fault } from './faults.ts';
import type { AuthScheme } from './oss-server-auth.ts';

/** One request and its answer so far. Free of secrets. */
export interface LoggedRequest {
  /** From 1, in order of arrival. */
  readonly sequence: number;
  readonly method: string;
  /** Empty when the request named none. */
  readonly bucket: string;
  readonly key: string;
  readonly versionId: string | null;
  /** The `Range` header as it came. */
  readonly range: string | null;
  readonly ifMatch: string | null;
  /** All headers, names in lower case; of `authorization` and the token only that they came. */
  readonly headers: Readonly<Record<string, string>>;
  readonly signed: AuthScheme;
  /** How often this was asked: method, bucket, key and range. From 1. */
  readonly attempt: number;
  /** Null: no head was sent yet, or ever. */
  readonly status: number | null;
  /** Bytes of the body given to the socket; the client may have received fewer. */
  readonly bytesSent: number;
  /** What went wrong on purpose. */
  readonly fault: Fault['_tag'] | null;
  /** The answer is complete or its connection closed. */
  readonly isEnded: boolean;
}

/** What the server notes while it answers. */
export type LogNote = Partial<Pick<LoggedRequest, 'status' | 'bytesSent' | 'fault' | 'isEnded'>>;

export interface RequestLog {
  /** Notes an arrival and returns the entry. */
  readonly begin: (
    asked: Omit<LoggedRequest, 'sequence' | 'attempt' | keyof LogNote>,
  ) => LoggedRequest;
  readonly note: (sequence: number, note: LogNote) => void;
  /** The entry as it is now; null: it is forgotten. */
  readonly entry: (sequence: number) => LoggedRequest | null;
  readonly entries: () => ReadonlyArray<LoggedRequest>;
  /** Forgets entries and attempts; the sequence goes on. */
  readonly clear: () => void;
}

/** Changed in place, as notes come with each piece of a body; what is given out is a copy. */
type Entry = { -readonly [Name in keyof LoggedRequest]: LoggedRequest[Name] };

const ENTRIES_MAX = 100_000;
const SECRET = ['authorization', 'x-oss-security-token', 'cookie', 'proxy-authorization'];

/** An empty log, which keeps the last 50 000 requests at least. */
export const requestLog = (): RequestLog => {
  const entries = new Map<number, Entry>();
  const attempts = new Map<string, number>();
  let sequence = 0;
  return {
    begin: (asked) => {
      if (entries.size >= ENTRIES_MAX) dropHalf(entries);
      if (attempts.size >= ENTRIES_MAX) dropHalf(attempts);
      // No header and no bucket holds a newline; the key, which may, is last.
      const question = [asked.method, asked.bucket, asked.range ?? '', asked.key].join('\n');
      const attempt = (attempts.get(question) ?? 0) + 1;
      attempts.set(question, attempt);
      sequence += 1;
      const entry: Entry = {
        ...asked,
        headers: withoutSecrets(asked.headers),
        sequence,
        attempt,
        status: null,
        bytesSent: 0,
        fault: null,
        isEnded: false,
      };
      entries.set(sequence, entry);
      return { ...entry };
    },
    note: (id, note) => {
      const entry = entries.get(id);
      if (entry !== undefined) Object.assign(entry, note);
    },
    entry: (id) => {
      const entry = entries.get(id);
      return entry === undefined ? null : { ...entry };
    },
    entries: () => [...entries.values()].map((entry) => ({ ...entry })),
    clear: () => {
      entries.clear();
      attempts.clear();
    },
  };
};

const dropHalf = <K>(map: Map<K, unknown>): void => {
  for (const key of [...map.keys()].slice(0, map.size / 2)) map.delete(key);
};

const withoutSecrets = (
  headers: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> => {
  const shown: Record<string, string> = { ...headers };
  for (const name of SECRET) if (name in shown) shown[name] = '***';
  return shown;
};
