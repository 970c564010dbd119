import { describe, expect, test } from 'vitest';
import { certificateAdvice, isCertificateFailure } from '../../src/domain/certificate-failure.ts';

describe('isCertificateFailure', () => {
  test.each([
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'SELF_SIGNED_CERT_IN_CHAIN',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
    'CERT_HAS_EXPIRED',
    'CERT_NOT_YET_VALID',
    'CERT_REVOKED',
    'CRL_HAS_EXPIRED',
    'ERROR_IN_CERT_NOT_AFTER_FIELD',
    'INVALID_CA',
    'HOSTNAME_MISMATCH',
    'ERR_TLS_CERT_ALTNAME_INVALID',
  ])('%s will be the same at the next attempt', (code) =>
    expect(isCertificateFailure(code)).toBe(true),
  );

  test.each(['ECONNRESET', 'EPROTO', 'ERR_SSL_WRONG_VERSION_NUMBER', 'UND_ERR_SOCKET', 'UNKNOWN'])(
    '%s has nothing to do with certificates',
    (code) => expect(isCertificateFailure(code)).toBe(false),
  );
});

describe('certificateAdvice', () => {
  test.each([
    ['CERT_HAS_EXPIRED', /clock/],
    ['CERT_NOT_YET_VALID', /clock/],
    ['ERR_TLS_CERT_ALTNAME_INVALID', /host/],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', /NODE_EXTRA_CA_CERTS/],
  ])('of %s says what to do', (code, advice) => expect(certificateAdvice(code)).toMatch(advice));
});
