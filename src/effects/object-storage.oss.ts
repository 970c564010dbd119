/** `ObjectStorage` over Alibaba Cloud OSS: signed requests for one version of one object. */
import { lengthOf } from '../domain/byte-range.ts';
import type { DownloadError } from '../domain/errors.ts';
import type { ObjectVersion } from '../domain/object-version.ts';
import type { OssSource } from '../domain/source.ts';
import { E } from '../fp.ts';
import type { Clock } from './clock.ts';
import { askForCredentials, type Credentials, type CredentialsProvider } from './credentials.ts';
import {
  acceptRange,
  ask,
  contentLengthOf,
  NO_BYTES,
  NOTHING,
  rangeHeaders,
  versionOf,
} from './http-answer.ts';
import type { BodySink, HttpClient, HttpHead, HttpRequest } from './http-client.ts';
import type { ObjectStorage, Probe, RangeRequest } from './object-storage.ts';
import { classifyRefusal, readRefusal, type ServerSaid } from './oss-answer.ts';
import { type OssAddress, ossAddress } from './oss-endpoint.ts';
import { canonicalQuery, signOssRequest } from './request-signer.oss-v4.ts';

export interface OssStorageOptions {
  readonly source: OssSource;
  /** Asked before each request. */
  readonly credentials: CredentialsProvider;
  readonly http: HttpClient;
  readonly clock: Pick<Clock, 'wallTime'>;
}

/** What is sent, but for signature and credentials. */
interface Question {
  readonly method: 'GET' | 'HEAD';
  readonly versionId: string | null;
  readonly headers: Readonly<Record<string, string>>;
  /** Null: it is a probe. */
  readonly request: RangeRequest | null;
  readonly accept: (head: HttpHead) => E.Either<DownloadError, BodySink>;
}

/**
 * One object of OSS.
 *
 * A part is asked for by version id where the bucket has versions, and by `If-Match` always. A host
 * whose clock is wrong learns the server's time from its refusal, and asks once more.
 */
export const ossStorage = (options: OssStorageOptions): ObjectStorage => {
  const { source, credentials } = options;
  const converse = conversation(options);
  let mayPinVersion = true;

  const fetch = async (request: RangeRequest, sink: BodySink, signal: AbortSignal) => {
    const { accept, ending } = acceptRange(request, sink);
    const versionId = source.versionId ?? (mayPinVersion ? pinOf(request.version) : null);
    const headers = { ...rangeHeaders(request), ...partHeaders(source, request.isWhole) };
    const question: Question = { method: 'GET', versionId, headers, request, accept };
    const answer = await converse(question, signal);
    return { versionId, result: E.isLeft(answer) ? answer : ending() };
  };

  return {
    probe: (signal) => async () => {
      const headers = { ...payerHeaders(source), 'accept-encoding': 'identity' };
      const { versionId } = source;
      const accept = () => E.right(NOTHING);
      const question: Question = { method: 'HEAD', versionId, headers, request: null, accept };
      const answer = await converse(question, signal);
      return E.isLeft(answer) ? answer : E.right(probeOf(answer.right));
    },
    fetchRange: (request, sink, signal) => async () => {
      if (!request.isWhole && lengthOf(request.range) === 0) return NO_BYTES;
      const first = await fetch(request, sink, signal);
      // Naming a version needs a permission of its own (oss:GetObjectVersion). Who asked for the
      // current version may lack it, and is as safe with If-Match alone.
      const isOurPin = source.versionId === null && first.versionId !== null;
      if (!isOurPin || !isAccessDenied(first.result)) return first.result;
      mayPinVersion = false;
      return (await fetch(request, sink, signal)).result;
    },
    refreshAccess: (signal) => async () => {
      const given = await askForCredentials(credentials, 'refresh', signal);
      return E.isLeft(given) ? given : E.right(undefined);
    },
  };
};

/**
 * Questions to one object, each signed by the credentials of its moment, answered by the head of
 * an accepted answer. Asks twice when the clocks differ too much, never more.
 */
const conversation = ({ source, credentials, http, clock }: OssStorageOptions) => {
  const address = ossAddress(source);
  let clockOffsetMs = 0;

  const send = (question: Question, given: Credentials, signal: AbortSignal) => {
    const timeMs = clock.wallTime() + clockOffsetMs;
    return ask(http, toHttp(source, address, question, given, timeMs), question.accept, signal);
  };

  return async (
    question: Question,
    signal: AbortSignal,
  ): Promise<E.Either<DownloadError, HttpHead>> => {
    for (let isSecond = false; ; isSecond = true) {
      const given = await askForCredentials(credentials, 'request', signal);
      if (E.isLeft(given)) return given;
      const answer = await send(question, given.right, signal);
      if (E.isLeft(answer)) return answer;
      if (answer.right._tag === 'Accepted') return E.right(answer.right.head);
      const said = readRefusal(answer.right.head, answer.right.body);
      const isSkewed = said.refusal.code === 'RequestTimeTooSkewed';
      if (!isSkewed || isSecond || said.serverTimeMs === null) {
        return E.left(refusalOf(said, question, given.right));
      }
      clockOffsetMs = said.serverTimeMs - clock.wallTime();
    }
  };
};

/** The request as it is sent, signed unless it is anonymous. */
const toHttp = (
  source: OssSource,
  address: OssAddress,
  { method, headers, versionId }: Question,
  given: Credentials,
  timeMs: number,
): HttpRequest => {
  const { canonicalUri } = address;
  const query: Readonly<Record<string, string>> = versionId === null ? {} : { versionId };
  const text = canonicalQuery(query);
  const url = text === '' ? address.url : `${address.url}?${text}`;
  if (given === 'anonymous') return { method, url, headers };
  const signing = { accessKey: given, timeMs, region: source.region };
  return {
    method,
    url,
    headers: signOssRequest({ method, canonicalUri, query, headers }, signing),
  };
};

const payerHeaders = (source: OssSource): Readonly<Record<string, string>> =>
  source.requestPayer ? { 'x-oss-request-payer': 'requester' } : {};

const partHeaders = (source: OssSource, isWhole: boolean): Readonly<Record<string, string>> => ({
  ...payerHeaders(source),
  // Without it OSS answers a range beyond the end with 200 and the whole object.
  ...(isWhole ? {} : { 'x-oss-range-behavior': 'standard' }),
  ...(source.trafficLimit === null ? {} : { 'x-oss-traffic-limit': String(source.trafficLimit) }),
});

/**
 * The version id that pins a version. `null` is the id of the one version that is overwritten in
 * place while versioning is suspended: it pins nothing, the ETag has to.
 */
const pinOf = ({ versionId }: ObjectVersion): string | null =>
  versionId === 'null' ? null : versionId;

const probeOf = ({ headers }: HttpHead): Probe => {
  const size = contentLengthOf(headers);
  return {
    version: versionOf(headers, size),
    acceptsRanges: size !== null && headers['accept-ranges'] !== 'none',
  };
};

const refusalOf = (said: ServerSaid, { request }: Question, given: Credentials): DownloadError =>
  classifyRefusal(said, {
    request,
    hasSession: given !== 'anonymous' && given.securityToken !== null,
    urlExpiryMs: null,
  });

const isAccessDenied = (result: E.Either<DownloadError, unknown>): boolean =>
  E.isLeft(result) &&
  result.left._tag === 'ServerRefused' &&
  result.left.status === 403 &&
  result.left.code === 'AccessDenied';
