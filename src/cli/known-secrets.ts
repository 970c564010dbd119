/** The secrets that a command was given: whatever leaves the process is searched for them. */
import { urlLabel } from '../domain/http-source.ts';
import type { Source } from '../index.ts';

/** Credentials of the environment, values of headers, and what a URL's label leaves out. */
export const knownSecrets = (
  source: Source,
  env: Readonly<Record<string, string | undefined>>,
): ReadonlyArray<string> => {
  const credentials = VARIABLES.map((name) => env[name] ?? '');
  if (source._tag === 'OssSource') return credentials;
  const { username, password, searchParams, search } = new URL(source.url);
  const shown = urlLabel(source.url);
  const hidden = [...searchParams.values(), ...rawValues(search)].filter(
    (value) => !shown.includes(value),
  );
  return [...credentials, username, password, ...hidden, ...Object.values(source.headers)];
};

const VARIABLES = ['OSS_ACCESS_KEY_ID', 'OSS_ACCESS_KEY_SECRET', 'OSS_SESSION_TOKEN'];

/** As they stand in the URL, which is how a server may quote them. */
const rawValues = (search: string): ReadonlyArray<string> =>
  search
    .slice(1)
    .split('&')
    .map((parameter) => parameter.slice(parameter.indexOf('=') + 1));
