/**
 * One request to OSS, from its arrival to its reply, whatever carries the two: a socket
 * (`oss-server-exchange.ts`) or a simulated network (`../simulation/simulated-oss.ts`).
 */
import { absurd, E } from '../../fp.ts';
import { bodyHeaders, bodyOf, headWithFault, refusalOf, withOtherRange } from './fault-effects.ts';
import type { Fault, FaultRequest, FaultRule } from './faults.ts';
import type { Lookup, ObjectCatalog } from './object-catalog.ts';
import { type Address, parameter, readAddress } from './oss-server-address.ts';
import {
  type AnswerHead,
  commonHeaders,
  objectHeaders,
  refusedAnswer,
  servedHead,
} from './oss-server-answers.ts';
import { authSchemeOf } from './oss-server-auth.ts';
import { type Answer, type AnswerRules, decideAnswer, type Served } from './oss-server-decide.ts';
import { readRange } from './oss-server-range.ts';
import type { OssRefusal } from './oss-server-refusals.ts';
import { overriddenHeaders } from './read-query.ts';
import { type Body, plainBody } from './reply-body.ts';
import type { LoggedRequest, LogNote, RequestLog } from './request-log.ts';

/** What an exchange needs of the server; functions where it can change. */
export interface ServerParts {
  readonly catalog: ObjectCatalog;
  readonly log: RequestLog;
  readonly faultRule: () => FaultRule;
  readonly answerRules: () => AnswerRules;
  readonly customDomains: Readonly<Record<string, string>>;
  /** Whole objects are gzipped on the fly for clients that accept it. */
  readonly isGzipping: boolean;
  /** Milliseconds on a clock that only goes forward. */
  readonly now: () => number;
  readonly onEnd: (entry: LoggedRequest) => void;
}

/** A request as it came over the wire. */
export interface Arrival {
  readonly method: string;
  /** The request line's: a path with query, percent-encoded. */
  readonly target: string;
  /** Names in lower case, lists joined by `, `. */
  readonly headers: Readonly<Record<string, string>>;
}

/** What goes back: nothing but a reset, or a head and a body, which is empty where none belongs. */
export type Reply =
  | { readonly _tag: 'Reset' }
  | { readonly _tag: 'Answer'; readonly head: AnswerHead; readonly body: Body };

export interface Exchange {
  /** Decides the reply, after `pause` when it is to come later. Called once. */
  readonly reply: (pause: (delayMs: number) => Promise<void>) => Promise<Reply>;
  /** Notes that the answer is complete or its connection gone. Called once. */
  readonly end: () => void;
}

/** Notes the arrival of a request. Nothing here rejects for what a client does. */
export const beginExchange = (server: ServerParts, arrival: Arrival): Exchange => {
  const startedMs = server.now();
  const asked = toAsked(arrival, server.customDomains);
  const entry = server.log.begin(logged(asked));
  const note = (what: LogNote) => server.log.note(entry.sequence, what);
  return {
    reply: async (pause) => {
      const lookup = await find(server, asked);
      const fault = server.faultRule()(faultRequestOf(asked, entry, lookup));
      if (fault !== null) note({ fault: fault._tag });
      if (fault?._tag === 'Reset') return { _tag: 'Reset' };
      if (fault?._tag === 'DelayHead') await pause(fault.ms);
      const answer = await answerFor(server, asked, lookup, fault);
      const common = commonHeaders({
        sequence: entry.sequence,
        now: server.answerRules().now,
        tookMs: server.now() - startedMs,
      });
      const { status, headers, body } = toReply(answer, { server, asked, entry, fault, note });
      return { _tag: 'Answer', head: { status, headers: { ...common, ...headers } }, body };
    },
    end: () => {
      note({ isEnded: true });
      const ended = server.log.entry(entry.sequence);
      if (ended !== null) server.onEnd(ended);
    },
  };
};

interface Asked {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly host: string;
  readonly address: E.Either<OssRefusal, Address>;
}

interface Context {
  readonly server: ServerParts;
  readonly asked: Asked;
  readonly entry: LoggedRequest;
  readonly fault: Fault | null;
  readonly note: (what: LogNote) => void;
}

const NOWHERE: Address = { bucket: '', key: '', query: [] };

const addressOf = ({ address }: Asked): Address => (E.isRight(address) ? address.right : NOWHERE);

const toAsked = (
  { method, target, headers }: Arrival,
  customDomains: Readonly<Record<string, string>>,
): Asked => {
  const host = headers['host'] ?? '';
  const address = readAddress(host, target, customDomains);
  return { method, headers, host: host.replace(/:\d+$/, ''), address };
};

const logged = (asked: Asked) => {
  const { bucket, key, query } = addressOf(asked);
  return {
    method: asked.method,
    bucket,
    key,
    versionId: parameter(query, 'versionId'),
    range: asked.headers['range'] ?? null,
    ifMatch: asked.headers['if-match'] ?? null,
    headers: asked.headers,
    signed: authSchemeOf({ headers: asked.headers, query }),
  };
};

const find = ({ catalog }: ServerParts, asked: Asked): Promise<Lookup> => {
  const { bucket, key, query } = addressOf(asked);
  const versionId = parameter(query, 'versionId');
  return key === ''
    ? Promise.resolve({ _tag: 'NoSuchKey' })
    : catalog.find(bucket, key, versionId === '' ? null : versionId);
};

const faultRequestOf = (asked: Asked, entry: LoggedRequest, lookup: Lookup): FaultRequest => {
  const size = lookup._tag === 'Found' ? lookup.object.size : Number.MAX_SAFE_INTEGER;
  const range = readRange(asked.headers['range'], size);
  const start = Math.max(0, range?.start ?? 0);
  return {
    method: asked.method,
    bucket: entry.bucket,
    key: entry.key,
    range: range === null ? null : { start, end: Math.max(start, Math.min(range.end, size)) },
    attempt: entry.attempt,
    sequence: entry.sequence,
    headers: asked.headers,
  };
};

/** The answer, with the faults that decide instead of the object. */
const answerFor = async (
  server: ServerParts,
  asked: Asked,
  lookup: Lookup,
  fault: Fault | null,
): Promise<Answer> => {
  if (fault?._tag === 'Refuse') return { _tag: 'Refused', refusal: refusalOf(fault) };
  if (E.isLeft(asked.address)) return { _tag: 'Refused', refusal: asked.address.left };
  const isChanged = fault?._tag === 'ChangeObject' && fault.afterBytes === undefined;
  if (isChanged) change(server, asked, fault);
  const found = isChanged ? await find(server, asked) : lookup;
  const { method, headers } = asked;
  const question = { method, headers, ...asked.address.right };
  const answer = decideAnswer(question, found, server.answerRules());
  return answer._tag === 'Served' && answer.isPart ? withOtherRange(answer, fault) : answer;
};

const change = (
  { catalog }: ServerParts,
  asked: Asked,
  { content }: Extract<Fault, { _tag: 'ChangeObject' }>,
): void => {
  const { bucket, key } = addressOf(asked);
  if (key !== '') catalog.put(bucket, key, content);
};

/** Head and body, without what every head says. */
const toReply = (answer: Answer, context: Context): AnswerHead & { readonly body: Body } => {
  const { asked, entry, note } = context;
  switch (answer._tag) {
    case 'Served':
      return servedReply(answer, context);
    case 'NotModified': {
      const onSent = (bytesSent: number) => note({ status: 304, bytesSent });
      return { status: 304, headers: objectHeaders(answer.object), body: plainBody('', onSent) };
    }
    case 'Refused': {
      const about = { method: asked.method, host: asked.host, sequence: entry.sequence };
      const { status, headers, body } = refusedAnswer(answer.refusal, about);
      const onSent = (bytesSent: number) => note({ status, bytesSent });
      return { status, headers, body: plainBody(body, onSent) };
    }
    default:
      return absurd(answer);
  }
};

const servedReply = (
  answer: Served,
  { server, asked, fault, note }: Context,
): AnswerHead & { readonly body: Body } => {
  const { status, headers } = servedHead(answer);
  const sent = (bytesSent: number) => note({ status, bytesSent });
  if (asked.method === 'HEAD') {
    return { status, headers: headWithFault(headers, fault), body: plainBody('', sent) };
  }
  const onSent = (bytesSent: number): void => {
    sent(bytesSent);
    if (fault?._tag === 'ChangeObject' && fault.afterBytes === bytesSent) {
      change(server, asked, fault);
    }
  };
  const isGzip = isGzipped(server, asked, answer, fault);
  const body = bodyOf(answer, { fault, isGzip, onSent });
  const replaced = { ...headers, ...overriddenHeaders(addressOf(asked).query) };
  return { status, headers: bodyHeaders(replaced, fault, isGzip), body };
};

const isGzipped = (
  { isGzipping }: ServerParts,
  { headers }: Asked,
  { isPart }: Served,
  fault: Fault | null,
): boolean => {
  if (fault?._tag === 'Gzip' && fault.force === true) return true;
  const isAccepted = /\bgzip\b(?!\s*;\s*q=0(\.0*)?(\s|,|$))/i.test(
    headers['accept-encoding'] ?? '',
  );
  return isAccepted && (fault?._tag === 'Gzip' || (isGzipping && !isPart));
};
