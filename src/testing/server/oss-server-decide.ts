/** What the embedded server answers to a request that nothing goes wrong with. Pure. */
import type { ByteRange } from '../../domain/byte-range.ts';
import { bytes } from '../../domain/bytes.ts';
import { absurd, E } from '../../fp.ts';
import type { Lookup } from './object-catalog.ts';
import { parameter } from './oss-server-address.ts';
import { type AuthRules, authorize } from './oss-server-auth.ts';
import { decideConditions, decideRange } from './oss-server-range.ts';
import { type OssRefusal, refusals } from './oss-server-refusals.ts';
import type { SignedRequest } from './oss-server-signature.ts';
import { otherResource } from './read-query.ts';
import { isArchived, type StoredObject } from './stored-object.ts';

export type Answer =
  | { readonly _tag: 'Refused'; readonly refusal: OssRefusal }
  | { readonly _tag: 'NotModified'; readonly object: StoredObject }
  | Served;

/** An object or a range of it. `isPart`: a 206 with `Content-Range`. */
export interface Served {
  readonly _tag: 'Served';
  readonly object: StoredObject;
  readonly range: ByteRange;
  readonly isPart: boolean;
  /** Bits per second; null: as fast as it goes. */
  readonly trafficLimit: number | null;
}

export interface AnswerRules extends AuthRules {
  readonly requesterPays: ReadonlyArray<string>;
}

/** The answer, judged in the order of OSS: who, may they, is it there, conditions, range. */
export const decideAnswer = (
  request: SignedRequest,
  lookup: Lookup,
  rules: AnswerRules,
): Answer => {
  const limit = readTrafficLimit(request);
  const allowed = isRead(request) ? authorize(request, rules) : E.left(notRead(request));
  if (E.isLeft(allowed)) return refused(allowed.left);
  if (rules.requesterPays.includes(request.bucket) && !hasPayer(request)) {
    return refused(refusals.requesterPays);
  }
  if (lookup._tag !== 'Found') return refused(refusalOf(lookup, request));
  if (E.isLeft(limit)) return refused(limit.left);
  const { object } = lookup;
  if (request.method === 'GET' && isArchived(object)) {
    return refused(refusals.invalidObjectState(request.key));
  }
  const condition = decideConditions(request.headers, object);
  switch (condition._tag) {
    case 'Failed':
      return refused(refusals.preconditionFailed(condition.condition));
    case 'NotModified':
      return { _tag: 'NotModified', object };
    case 'Go':
      return serve(request, object, limit.right);
    default:
      return absurd(condition);
  }
};

const refused = (refusal: OssRefusal): Answer => ({ _tag: 'Refused', refusal });

/** A range counts for GET only (RFC 9110 §14.2). */
const serve = (
  { method, headers }: SignedRequest,
  object: StoredObject,
  trafficLimit: number | null,
): Answer => {
  const whole = { start: bytes(0), end: object.size };
  const asked = method === 'GET' ? headers['range'] : undefined;
  const isStandard = headers['x-oss-range-behavior'] === 'standard';
  const decision = decideRange(asked, object.size, isStandard);
  switch (decision._tag) {
    case 'Whole':
      return { _tag: 'Served', object, range: whole, isPart: false, trafficLimit };
    case 'Part':
      return { _tag: 'Served', object, range: decision.range, isPart: true, trafficLimit };
    case 'OutOfBounds':
      return refused(refusals.invalidRange(asked ?? '', object.size));
    default:
      return absurd(decision);
  }
};

const isRead = ({ method, key, query }: SignedRequest): boolean =>
  (method === 'GET' || method === 'HEAD') && key !== '' && otherResource(query) === null;

const notRead = ({ method, key, query }: SignedRequest): OssRefusal => {
  const other = otherResource(query);
  const what = other === null ? method : `${method} of ?${other}`;
  return refusals.notImplemented(key === '' ? `${method} without a key` : what);
};

const hasPayer = ({ headers, query }: SignedRequest): boolean =>
  (headers['x-oss-request-payer'] ?? parameter(query, 'x-oss-request-payer')) === 'requester';

const refusalOf = (
  lookup: Exclude<Lookup, { _tag: 'Found' }>,
  request: SignedRequest,
): OssRefusal => {
  const { bucket, key } = request;
  switch (lookup._tag) {
    case 'DeleteMarker': {
      const headers = { 'x-oss-delete-marker': 'true', 'x-oss-version-id': lookup.versionId };
      return lookup.isNamed ? refusals.deleteMarker(headers) : refusals.noSuchKey(key, headers);
    }
    case 'NoSuchBucket':
      return refusals.noSuchBucket(bucket);
    case 'NoSuchKey':
      return refusals.noSuchKey(key);
    case 'NoSuchVersion':
      return refusals.noSuchVersion(key, parameter(request.query, 'versionId') ?? '');
    default:
      return absurd(lookup);
  }
};

const TRAFFIC_LIMIT = { min: 819_200, max: 838_860_800 };

const readTrafficLimit = ({
  headers,
  query,
}: SignedRequest): E.Either<OssRefusal, number | null> => {
  const name = 'x-oss-traffic-limit';
  const text = headers[name] ?? parameter(query, name);
  if (text === null) return E.right(null);
  const limit = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (limit >= TRAFFIC_LIMIT.min && limit <= TRAFFIC_LIMIT.max) return E.right(limit);
  const message = `The traffic limit must be ${TRAFFIC_LIMIT.min} to ${TRAFFIC_LIMIT.max}.`;
  return E.left(refusals.invalidArgument(name, text, message));
};
