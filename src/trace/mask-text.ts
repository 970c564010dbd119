/** Secrets in texts that anybody may have written: messages of servers, exceptions, paths. */

/**
 * A text with what looks like a secret replaced by `***`: queries and user info of URLs, values
 * that a name such as `Signature` or `x-oss-security-token` announces, access key ids, and what
 * follows `Bearer`. Rather masks too much than too little.
 *
 * @example
 * maskText('GET https://me:pw@host/key?Signature=abc failed') // 'GET https://host/key?… failed'
 */
export const maskText = (text: string): string => {
  if (!MAY_HOLD_SECRETS.test(text)) return text;
  let masked = text;
  for (const [pattern, replacement] of MASKS) masked = masked.replace(pattern, replacement);
  return masked;
};

/** Most texts are tags and states: one look spares them the rest. */
const MAY_HOLD_SECRETS = /[=:@?<]|%3[AD]|(?:LTAI|STS\.|AKIA|ASIA)|(?:Bearer|Basic|Digest)\s/i;

/** Words that announce a secret, as parameters, headers, fields and XML elements. */
const NAME =
  '[\\w.-]*(?:token|secret|passw|pwd|signature|credential|cookie|authorization|auth[_-]?key' +
  '|access-?key-?id|api-?key|session|jwt|stringtosign)[\\w.-]*';

const MASKS: ReadonlyArray<readonly [pattern: RegExp, replacement: string]> = [
  // User info of a URL: everything up to the last @ before the path.
  [/([a-z][a-z0-9+.-]*:\/\/)[^\s/?#"'<>]*@/gi, '$1'],
  // Its query and fragment.
  [/([a-z][a-z0-9+.-]*:\/\/[^\s?#"'<>]*)[?#][^\s"'<>]*/gi, '$1?…'],
  // A header's value reaches to the end of its line.
  [/((?:proxy-)?authorization|(?:set-)?cookie)(["']?\s*[:=]\s*)[^\r\n]+/gi, '$1$2***'],
  [new RegExp(`<(${NAME})>[^<]*`, 'gi'), '<$1>***'],
  [new RegExp(`(${NAME})(["']?\\s*(?:[=:]|%3D|%3A)\\s*)"[^"]*"`, 'gi'), '$1$2"***"'],
  [new RegExp(`(${NAME})(["']?\\s*(?:[=:]|%3D|%3A)\\s*)[^\\s"'&;,<>]+`, 'gi'), '$1$2***'],
  // Azure's, and other one-word signatures in a query without its URL.
  [/([?&](?:sig|sign|auth|key)=)[^\s&"'<>]+/gi, '$1***'],
  [/\b(Bearer|Basic|Digest)(\s+)[^\s"',;]+/gi, '$1$2***'],
  // Ids of Alibaba Cloud's keys, temporary ones (STS.) too, and of AWS's.
  [/\b(LTAI|STS\.)[A-Za-z0-9]{6,}/g, '$1***'],
  [/\b(AKIA|ASIA)[A-Z0-9]{12,}/g, '$1***'],
];
