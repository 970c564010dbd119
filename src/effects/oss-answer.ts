/**
 * What a server says when it does not give the object: read from XML, from the header that stands
 * for it in the answer to a HEAD, or from whatever a proxy sent; and what that means to us.
 *
 * Serves OSS and, since their errors have the same shape, S3, Google and Azure behind plain URLs.
 * Only `Code`, `Message`, `RequestId`, `EC` and `ServerTime` of a body are ever looked at: others,
 * such as `StringToSign` and `SignatureProvided`, would carry secrets into errors and logs.
 *
 * Source: OSS documentation, "Error responses"; RFC 9110 §10.2.3 (Retry-After), §14.4, §15.5.17.
 */
import { STATUS_CODES } from 'node:http';
import { XMLParser } from 'fast-xml-parser';
import type { DownloadError, Refusal } from '../domain/errors.ts';
import type { HttpHead } from './http-client.ts';
import type { RangeRequest } from './object-storage.ts';

/** A refusal, and what else the answer told. Null is what it did not tell. */
export interface ServerSaid {
  readonly refusal: Refusal;
  readonly etag: string | null;
  /** The object's size by a 416's `Content-Range: bytes * /SIZE`. */
  readonly size: number | null;
  /** The server's clock, in milliseconds since 1970. */
  readonly serverTimeMs: number | null;
  readonly retryAfterMs: number | null;
}

/** What the refused request was, as far as it matters to what the refusal means. */
export interface Asked {
  /** Null: it was a probe. */
  readonly request: RangeRequest | null;
  /** It was signed with temporary credentials. */
  readonly hasSession: boolean;
  /** When its presigned URL runs out, in milliseconds since 1970; null: it does not. */
  readonly urlExpiryMs: number | null;
}

/**
 * Reads an answer that is not the object. It never throws, whatever the body holds.
 *
 * `code` is the service's own; `BadErrorResponse` for a body of another kind, with a snippet of
 * its text as message; the status in words, such as `Not Found`, where there is no body at all.
 */
export const readRefusal = ({ status, headers }: HttpHead, body: Uint8Array): ServerSaid => {
  const ossErr = Buffer.from(headers['x-oss-err'] ?? '', 'base64');
  const text = Buffer.from(body.byteLength > 0 ? body : ossErr).toString('utf8');
  const fields = readFields(text);
  const dateMs = instant(headers['date']);
  const total = /^bytes \*\/(\d+)$/i.exec(headers['content-range'] ?? '')?.[1];
  return {
    refusal: {
      status,
      code: fields?.['Code'] ?? (text.trim() === '' ? wordsFor(status) : 'BadErrorResponse'),
      message: fields === null ? snippetOf(text) : redacted(fields['Message'] ?? '', 300),
      requestId: requestIdOf(headers) ?? fields?.['RequestId'] ?? null,
      ec: headers['x-oss-ec'] ?? fields?.['EC'] ?? null,
    },
    etag: headers['etag'] ?? null,
    size: total === undefined ? null : Number(total),
    serverTimeMs: instant(fields?.['ServerTime']) ?? dateMs,
    retryAfterMs: parseRetryAfter(headers['retry-after'], dateMs),
  };
};

/** What support asks for: the request id of OSS, or of a service with the same custom. */
export const requestIdOf = (headers: HttpHead['headers']): string | null =>
  headers['x-oss-request-id'] ?? headers['x-amz-request-id'] ?? null;

/**
 * What a refusal means.
 *
 * `InvalidAccessKeyId` is `AccessExpired` only with temporary credentials, whose key ids vanish
 * when they run out; a permanent key that is unknown is a mistake that no refresh mends. A 416 to
 * a range inside the planned object means that the object is shorter now, unless the answer names
 * the planned size.
 */
export const classifyRefusal = (said: ServerSaid, asked: Asked): DownloadError => {
  const { refusal } = said;
  if (isBusy(refusal)) return { _tag: 'ServerBusy', retryAfterMs: said.retryAfterMs, ...refusal };
  if (isExpired(said, asked)) return { _tag: 'AccessExpired', ...refusal };
  if (refusal.code === 'InvalidObjectState') return { _tag: 'ObjectArchived', ...refusal };
  const { request } = asked;
  if (request !== null && refusal.status === 412) {
    const { etag, lastModified } = request.version;
    return {
      _tag: 'ObjectChanged',
      difference: 'precondition',
      expected: etag ?? lastModified ?? '',
      actual: said.etag ?? '412 Precondition Failed',
      requestId: refusal.requestId,
    };
  }
  const size = request?.version.size ?? null;
  if (refusal.status === 416 && size !== null && said.size !== size) {
    return {
      _tag: 'ObjectChanged',
      difference: 'size',
      expected: String(size),
      actual: said.size === null ? '416 Range Not Satisfiable' : String(said.size),
      requestId: refusal.requestId,
    };
  }
  return { _tag: 'ServerRefused', ...refusal };
};

/**
 * A `Retry-After` in milliseconds: seconds, or a date by the clock of the server that sent it.
 * Null where it says neither, or a date without the answer's own to compare it with.
 */
export const parseRetryAfter = (
  header: string | undefined,
  dateMs: number | null,
): number | null => {
  const text = header?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  const atMs = instant(text);
  return atMs === null || dateMs === null ? null : Math.max(0, atMs - dateMs);
};

/** 501 and 505 will be the same tomorrow. `RequestTimeout` comes with status 400. */
const isBusy = ({ status, code }: Refusal): boolean =>
  status === 408 ||
  status === 429 ||
  code === 'RequestTimeout' ||
  (status >= 500 && status !== 501 && status !== 505);

const EXPIRED_CODES: ReadonlySet<string> = new Set([
  'SecurityTokenExpired',
  'InvalidSecurityToken',
  'ExpiredToken',
]);

const isExpired = ({ refusal, serverTimeMs }: ServerSaid, asked: Asked): boolean => {
  const { status, code, message } = refusal;
  if (status !== 400 && status !== 401 && status !== 403) return false;
  if (EXPIRED_CODES.has(code)) return true;
  if (code === 'InvalidAccessKeyId') return asked.hasSession;
  if (status === 400) return false;
  const isOver = (expiryMs: number) => serverTimeMs !== null && serverTimeMs >= expiryMs;
  if (asked.urlExpiryMs !== null && isOver(asked.urlExpiryMs)) return true;
  return code === 'AccessDenied' && /expired/i.test(message);
};

type Field = 'Code' | 'Message' | 'RequestId' | 'EC' | 'ServerTime';

/** The fields of an error in XML; null for anything else, DTDs (hence HTML) included. */
const readFields = (text: string): Readonly<Partial<Record<Field, string>>> | null => {
  if (!text.includes('<Error') || /<!DOCTYPE/i.test(text)) return null;
  try {
    const error: unknown = new XMLParser({ parseTagValue: false }).parse(text)?.Error;
    const code = fieldOf(error, 'Code');
    if (code === undefined || !/^[\w.-]{1,64}$/.test(code)) return null;
    const rest = (['Message', 'RequestId', 'EC', 'ServerTime'] as const).flatMap((name) => {
      const value = fieldOf(error, name);
      return value === undefined ? [] : [[name, value] as const];
    });
    return { Code: code, ...Object.fromEntries(rest) };
  } catch {
    return null; // Not XML after all.
  }
};

const fieldOf = (error: unknown, name: Field): string | undefined => {
  if (typeof error !== 'object' || error === null || !(name in error)) return undefined;
  const value: unknown = (error as Record<Field, unknown>)[name];
  return typeof value === 'string' ? value.trim() : undefined;
};

/** The words of an HTML page or a plain text, for people to recognise their proxy by. */
const snippetOf = (text: string): string =>
  redacted(text.replace(/<(script|style)\b.*?<\/\1>|<[^>]*>/gis, ' '), 160);

/** One line, cut, without query strings and without long runs that may be keys or signatures. */
const redacted = (text: string, lengthMax: number): string => {
  const line = text.replace(/\s+/g, ' ').trim().slice(0, 4096);
  const hidden = line.replace(/\?\S+/g, '?…').replace(/[\w+/=%-]{28,}/g, '…');
  return hidden.length > lengthMax ? `${hidden.slice(0, lengthMax)}…` : hidden;
};

const wordsFor = (status: number): string => STATUS_CODES[status] ?? `Status ${status}`;

/** An HTTP or ISO date in milliseconds since 1970. `Date.parse` alone takes `-5` for one. */
const instant = (text: string | undefined): number | null => {
  const ms = text !== undefined && /(GMT|Z)$/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(ms) ? null : ms;
};
