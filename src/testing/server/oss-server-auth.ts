/**
 * Who asks? Verifies OSS signatures of version 4, in the header and in presigned URLs.
 *
 * Written from the documentation and independent of the downloader's signer, so that the two check
 * each other.
 *
 * Source: OSS "Include a V4 signature in a URL / in the Authorization header".
 */
import { E } from '../../fp.ts';
import { parameter } from './oss-server-address.ts';
import { type OssRefusal, refusals } from './oss-server-refusals.ts';
import {
  type Claim,
  readHeader,
  readPresigned,
  type SignedRequest,
  signatureFor,
} from './oss-server-signature.ts';

/** Someone who may read. */
export interface Account {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  /** Temporary credentials: requests have to carry this token. */
  readonly securityToken?: string;
  /** When the token ends, in milliseconds since 1970. Default: never. */
  readonly expiresAt?: number;
}

export interface AuthRules {
  readonly accounts: ReadonlyArray<Account>;
  /** Unsigned requests are welcome. A signature, if there is one, still has to be right. */
  readonly anonymousRead: boolean;
  /** What signatures have to be scoped to; null: any region. */
  readonly region: string | null;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** How a request was signed. */
export type AuthScheme = 'anonymous' | 'header' | 'presigned';

export const authSchemeOf = ({
  headers,
  query,
}: Pick<SignedRequest, 'headers' | 'query'>): AuthScheme =>
  parameter(query, 'x-oss-signature-version') !== null
    ? 'presigned'
    : headers['authorization'] === undefined
      ? 'anonymous'
      : 'header';

/** Right when the request may go on; else what OSS answers. */
export const authorize = (request: SignedRequest, rules: AuthRules): E.Either<OssRefusal, void> => {
  const scheme = authSchemeOf(request);
  if (scheme === 'anonymous') {
    return rules.anonymousRead ? E.right(undefined) : E.left(refusals.noRight);
  }
  const claim = scheme === 'header' ? readHeader(request) : readPresigned(request);
  if (E.isLeft(claim)) return claim;
  const refused =
    refusedByTime(claim.right, rules.now) ??
    refusedByAccount(claim.right, rules) ??
    refusedBySignature(request, claim.right, rules);
  return refused === null ? E.right(undefined) : E.left(refused);
};

const SKEW_MS_MAX = 15 * 60 * 1000;

const refusedByTime = (claim: Claim, now: number): OssRefusal | null => {
  const details = [
    ['RequestTime', new Date(claim.time).toISOString()],
    ['ServerTime', new Date(now).toISOString()],
  ] as const;
  if (claim.scheme === 'presigned') {
    const expires = claim.time + claim.expires * 1000;
    const asDate = ['Expires', new Date(expires).toISOString()] as const;
    if (now > expires) {
      return refusals.any(403, 'AccessDenied', 'Request has expired.', {
        details: [asDate, details[1]],
      });
    }
    if (claim.time - now <= SKEW_MS_MAX) return null;
    return refusals.any(403, 'AccessDenied', 'Request is not valid yet.', { details });
  }
  if (Math.abs(claim.time - now) <= SKEW_MS_MAX) return null;
  return refusals.any(
    403,
    'RequestTimeTooSkewed',
    'The difference between the request time and the current time is too large.',
    {
      ec: '0002-00000504',
      details: [['MaxAllowedSkewMilliseconds', String(SKEW_MS_MAX)], ...details],
    },
  );
};

const refusedByAccount = (
  claim: Claim,
  { accounts, region, now }: AuthRules,
): OssRefusal | null => {
  const known = accountOf(claim, accounts);
  if (known === undefined) {
    return refusals.any(
      403,
      'InvalidAccessKeyId',
      'The OSS Access Key Id you provided does not exist in our records.',
      { ec: '0002-00000902', details: [['OSSAccessKeyId', claim.accessKeyId]] },
    );
  }
  if ((known.securityToken ?? null) !== claim.token) {
    const message = 'The security token you provided is invalid.';
    return refusals.any(403, 'InvalidSecurityToken', message);
  }
  if (known.expiresAt !== undefined && now >= known.expiresAt) {
    const message = 'The security token you provided has expired.';
    return refusals.any(403, 'SecurityTokenExpired', message);
  }
  if (region !== null && claim.scope[1] !== region) {
    const message = 'Invalid signing region in Authorization header.';
    return refusals.invalidArgument('region', claim.scope[1], message);
  }
  return null;
};

const accountOf = (claim: Claim, accounts: ReadonlyArray<Account>): Account | undefined =>
  accounts.find(({ accessKeyId }) => accessKeyId === claim.accessKeyId);

const refusedBySignature = (
  request: SignedRequest,
  claim: Claim,
  { accounts }: AuthRules,
): OssRefusal | null => {
  const secret = accountOf(claim, accounts)?.accessKeySecret ?? '';
  const { signature, toSign, canonical } = signatureFor(request, claim, secret);
  if (signature === claim.signature) return null;
  return refusals.any(
    403,
    'SignatureDoesNotMatch',
    'The request signature we calculated does not match the signature you provided. ' +
      'Check your key and signing method.',
    {
      ec: '0002-00000040',
      details: [
        ['OSSAccessKeyId', claim.accessKeyId],
        ['SignatureProvided', claim.signature],
        ['StringToSign', toSign],
        ['StringToSignBytes', hexBytes(toSign)],
        ['CanonicalRequest', canonical],
        ['CanonicalRequestBytes', hexBytes(canonical)],
      ],
    },
  );
};

const hexBytes = (text: string): string =>
  [...Buffer.from(text)].map((byte) => byte.toString(16).toUpperCase().padStart(2, '0')).join(' ');
