/** Options of the library as the command line knows them. */
import type { DownloadError } from '../index.ts';

/** The error as whoever typed the command can act on it: options are called by their flags. */
export const inFlags = (error: DownloadError): DownloadError =>
  error._tag === 'UsageError'
    ? {
        ...error,
        option: FLAGS.get(error.option) ?? error.option,
        allowed: error.allowed.replace(UNMISTAKABLE, (name) => FLAGS.get(name) ?? name),
      }
    : error;

const FLAGS: ReadonlyMap<string, string> = new Map([
  ['partSize', '--part-size'],
  ['concurrency', '--concurrency'],
  ['threshold', '--threshold'],
  ['retries', '--retries'],
  ['timeout', '--timeout'],
  ['verifyOnResume', '--verify-on-resume'],
  ['ifExists', '--if-exists'],
  ['durability', '--durability'],
  ['mode', '--mode'],
  ['store', '--store'],
  ['modifiedTime', '--preserve-mtime'],
  ['headers', '--header'],
  ['versionId', '--version-id'],
  ['trafficLimit', '--traffic-limit'],
  ['endpoint', '--endpoint'],
  ['region', '--region'],
  ['pathStyle', '--path-style'],
  ['cname', '--cname'],
  ['anonymousCredentials()', '--anonymous'],
]);

/** Names that are no word of English: where a text says one it means the option. */
const UNMISTAKABLE = /\b(pathStyle|cname|anonymousCredentials\(\))/g;

/** What an option that nobody knows should have been; a suggestion may follow. */
export const LISTED_OPTIONS = 'options that --help lists';

/** Options without a value: nobody typed one that could be wrong. */
export const SWITCHES: ReadonlySet<string> = new Set([
  ...['--internal', '--accelerate', '--path-style', '--cname', '--anonymous', '--request-payer'],
]);
