/** The version of this package, as its package.json says. */
import { readFileSync } from 'node:fs';

export const ownVersion = (): string => {
  const about: unknown = JSON.parse(
    readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
  );
  const isKnown = typeof about === 'object' && about !== null && 'version' in about;
  return isKnown ? String(about.version) : 'unknown';
};
