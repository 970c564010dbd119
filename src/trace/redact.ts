/**
 * What may leave the process: any value as plain, finite JSON without secrets.
 *
 * Records and inspection events hold what the download and its application hold. Before a file, a
 * page or another tool sees them, they come through here. It is the second guard, not the first:
 * nothing of ours puts a secret there. But servers quote what they were sent, providers throw what
 * they please, and other people's machines have contexts of their own.
 */
import { isSecretName } from '../domain/http-source.ts';
import { maskText } from './mask-text.ts';

export type Json =
  | null
  | boolean
  | number
  | string
  | ReadonlyArray<Json>
  | { readonly [field: string]: Json };

export type Redact = (value: unknown) => Json;

export interface RedactOptions {
  /** Texts that are known to be secret, masked wherever they stand. Those below 6 characters are
   * not looked for: they would be found in numbers and words. */
  readonly secrets?: ReadonlyArray<string>;
}

/** Longer texts are cut: no message for people is that long. In characters. */
export const TEXT_LENGTH_MAX = 4_000;
/** Longer lists are cut, and so are records with more fields. */
export const LIST_LENGTH_MAX = 1_000;
/** What lies deeper is left out. The context of a download is four levels deep. */
export const DEPTH_MAX = 10;

export const MASK = '***';

/**
 * A function that makes values safe: secrets are masked, long texts and lists are cut and say so,
 * and what is no data (functions, actors, sockets) is named in brackets.
 *
 * @example
 * redactor()({ url: 'https://h/k?Signature=x', token: 't' }) // { url: 'https://h/k?…', token: '***' }
 */
export const redactor = ({ secrets = [] }: RedactOptions = {}): Redact => {
  const literals = secrets
    .filter((secret) => secret.length >= SECRET_LENGTH_MIN)
    .toSorted((a, b) => b.length - a.length);

  const text = (value: string): string => {
    const isCut = value.length > TEXT_LENGTH_MAX + SECRET_LENGTH_MAX;
    let masked = isCut ? value.slice(0, TEXT_LENGTH_MAX + SECRET_LENGTH_MAX) : value;
    for (const literal of literals) {
      if (masked.includes(literal)) masked = masked.replaceAll(literal, MASK);
    }
    return cutText(maskText(masked), value.length);
  };
  const object = (value: object, above: ReadonlyArray<object>): Json => {
    if (above.includes(value)) return '[circular]';
    if (above.length >= DEPTH_MAX) return '[deep]';
    const path = [...above, value];
    if (Array.isArray(value)) return cutList(value, (item) => redact(item, path));
    if (value instanceof Error) return errorFields(value, (field) => redact(field, path));
    if (value instanceof URL) return text(value.href);
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
    if (!isPlain(value)) return nameOf(value);
    const fields: Array<readonly [string, Json]> = [];
    for (const field of Object.keys(value).slice(0, LIST_LENGTH_MAX)) {
      const inside = read(value, field);
      if (inside === undefined) continue;
      const isMasked = inside !== null && isSecretField(field);
      fields.push([text(field), isMasked ? MASK : redact(inside, path)]);
    }
    return Object.fromEntries(fields);
  };
  const redact = (value: unknown, above: ReadonlyArray<object>): Json => {
    switch (typeof value) {
      case 'string':
        return text(value);
      case 'number':
        return Number.isFinite(value) ? value : String(value);
      case 'boolean':
        return value;
      case 'bigint':
        return String(value);
      case 'object':
        return value === null ? null : object(value, above);
      case 'function':
        return text(`[function ${value.name}]`);
      case 'symbol':
        return text(String(value));
      default:
        return null;
    }
  };
  return (value) => redact(value, []);
};

/** Asked for every field of every record; the names are few, but those of applications unknown. */
const isSecretField = (field: string): boolean => {
  const before = secretFields.get(field);
  if (before !== undefined) return before;
  const isSecret = isSecretName(field);
  if (secretFields.size < LIST_LENGTH_MAX) secretFields.set(field, isSecret);
  return isSecret;
};

const secretFields = new Map<string, boolean>();

/** Shorter texts are no secrets that could be told from words. */
const SECRET_LENGTH_MIN = 6;
/** So much is read behind the cut, that no secret is cut in two and missed. */
const SECRET_LENGTH_MAX = 2_000;

const cutText = (masked: string, length: number): string =>
  masked.length <= TEXT_LENGTH_MAX
    ? masked
    : `${masked.slice(0, TEXT_LENGTH_MAX)}… (${length} characters)`;

const cutList = (
  list: ReadonlyArray<unknown>,
  redact: (item: unknown) => Json,
): ReadonlyArray<Json> =>
  list.length <= LIST_LENGTH_MAX
    ? list.map(redact)
    : [...list.slice(0, LIST_LENGTH_MAX).map(redact), `… ${list.length - LIST_LENGTH_MAX} more`];

/** An exception, without its stack: that repeats the message. */
const errorFields = (error: Error, redact: (field: unknown) => Json): Json => {
  const { name, message, cause } = error;
  const code: unknown = 'code' in error ? error.code : undefined;
  return {
    name: redact(String(name)),
    message: redact(String(message)),
    ...(code === undefined ? {} : { code: redact(code) }),
    ...(cause === undefined ? {} : { cause: redact(cause) }),
  };
};

const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
};

/** `[actor part-17]`, `[Map]`: what it is, not what is in it. */
const nameOf = (value: object): string => {
  if ('sessionId' in value && 'getSnapshot' in value) {
    return `[actor ${'id' in value ? maskText(String(value.id)) : ''}]`;
  }
  return `[${value.constructor?.name ?? 'object'}]`;
};

/** A getter may throw; that is no reason to end a download. */
const read = (value: object, field: string): unknown => {
  try {
    return (value as Record<string, unknown>)[field];
  } catch {
    return '[unreadable]';
  }
};
