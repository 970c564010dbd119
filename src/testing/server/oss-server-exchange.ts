/** One request to the embedded server, from its arrival to the end of its answer. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { liveClock } from '../../effects/clock.ts';
import { E } from '../../fp.ts';
import { bodyHeaders, bodyOf, headWithFault, refusalOf, withOtherRange } from './fault-effects.ts';
import type { Fault, FaultRequest, FaultRule } from './faults.ts';
import type { Lookup, ObjectCatalog } from './object-catalog.ts';
import { type Address, parameter, readAddress } from './oss-server-address.ts';
import { commonHeaders, objectHeaders, refusedAnswer, servedHead } from './oss-server-answers.ts';
import { authSchemeOf } from './oss-server-auth.ts';
import { pause, sendBody } from './oss-server-body.ts';
import { type Answer, type AnswerRules, decideAnswer, type Served } from './oss-server-decide.ts';
import { readRange } from './oss-server-range.ts';
import type { OssRefusal } from './oss-server-refusals.ts';
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
  readonly onEnd: (entry: LoggedRequest) => void;
}

/** Answers one request. Never rejects for what a client does. */
export const answerRequest = async (
  server: ServerParts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const startedMs = liveClock.now();
  const asked = readRequest(request, server.customDomains);
  const entry = server.log.begin(logged(asked));
  const note = (what: LogNote) => server.log.note(entry.sequence, what);
  response.once('close', () => {
    const ended = note({ isEnded: true });
    if (ended !== null) server.onEnd(ended);
  });
  const lookup = await find(server, asked);
  const fault = server.faultRule()(faultRequestOf(asked, entry, lookup));
  if (fault !== null) note({ fault: fault._tag });
  if (fault?._tag === 'Reset') return void request.socket.resetAndDestroy();
  if (fault?._tag === 'DelayHead') await pause(fault.ms, response);
  const answer = await answerFor(server, asked, lookup, fault);
  const rules = server.answerRules();
  const common = commonHeaders({
    sequence: entry.sequence,
    now: rules.now,
    tookMs: liveClock.now() - startedMs,
  });
  if (response.destroyed) return;
  const context = { server, asked, entry, fault, common, note };
  if (answer._tag === 'Served') return writeServed(response, answer, context);
  writeBodiless(response, answer, context);
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
  readonly common: Readonly<Record<string, string>>;
  readonly note: (what: LogNote) => void;
}

const NOWHERE: Address = { bucket: '', key: '', query: [] };

const addressOf = ({ address }: Asked): Address => (E.isRight(address) ? address.right : NOWHERE);

const readRequest = (
  request: IncomingMessage,
  customDomains: Readonly<Record<string, string>>,
): Asked => {
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, [value ?? ''].flat().join(', ')]),
  );
  const host = headers['host'] ?? '';
  const address = readAddress(host, request.url ?? '/', customDomains);
  return { method: request.method ?? 'GET', headers, host: host.replace(/:\d+$/, ''), address };
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

const writeBodiless = (
  response: ServerResponse,
  answer: Exclude<Answer, Served>,
  { asked, entry, common, note }: Context,
): void => {
  const { status, headers, body } =
    answer._tag === 'NotModified'
      ? { status: 304, headers: objectHeaders(answer.object), body: '' }
      : refusedAnswer(answer.refusal, { ...asked, sequence: entry.sequence });
  response.writeHead(status, { ...common, ...headers });
  note({ status, bytesSent: Buffer.byteLength(body) });
  response.end(body);
};

const writeServed = (
  response: ServerResponse,
  answer: Served,
  { server, asked, fault, common, note }: Context,
): Promise<void> => {
  const { status, headers } = servedHead(answer);
  const isHead = asked.method === 'HEAD';
  const isGzip = !isHead && isGzipped(server, asked, answer, fault);
  const final = isHead ? headWithFault(headers, fault) : bodyHeaders(headers, fault, isGzip);
  response.writeHead(status, { ...common, ...final });
  note({ status });
  if (isHead) return Promise.resolve(void response.end());
  const reach = () => {
    if (fault?._tag === 'ChangeObject') change(server, asked, fault);
  };
  return sendBody(response, bodyOf(answer, { fault, isGzip, reach }), (bytesSent) =>
    note({ bytesSent }),
  );
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
