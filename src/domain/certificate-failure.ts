/** Certificates that Node does not accept: asking again changes nothing, people can. */

/**
 * Does Node's or OpenSSL's code say that a server's certificate is not acceptable?
 *
 * Source: Node.js documentation, "TLS (SSL)", X509 certificate error codes.
 */
export const isCertificateFailure = (code: string): boolean =>
  /^(CERT|CRL|ERROR_IN_CERT|ERROR_IN_CRL|UNABLE_TO|DEPTH_ZERO|SELF_SIGNED)_[A-Z_]+$/.test(code) ||
  /^(INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_EXCEEDED|HOSTNAME_MISMATCH)$/.test(code) ||
  code === 'ERR_TLS_CERT_ALTNAME_INVALID';

/**
 * What a person can do about it, as the rest of a sentence.
 *
 * @example
 * certificateAdvice('CERT_HAS_EXPIRED') // 'check the clock of this computer; if …'
 */
export const certificateAdvice = (code: string): string => {
  if (/EXPIRED|NOT_YET_VALID/.test(code)) {
    return 'check the clock of this computer; if it is right, the server needs a new certificate';
  }
  if (/ALTNAME|HOSTNAME/.test(code)) return 'check the host in the URL or endpoint';
  return 'if you trust who signed it, name a file with their certificate in NODE_EXTRA_CA_CERTS';
};
