/** What a query changes about reading an object: another resource, or other headers. Pure. */
import type { Query } from './oss-server-address.ts';

/**
 * The sub-resource that is asked for instead of the object's bytes, and that is not built here;
 * null: the bytes are wanted. Answering with bytes all the same would hide a mistake.
 *
 * Source: OSS documentation, "Sub-resources" of the V1 signature, and "Process objects".
 */
export const otherResource = (query: Query): string | null =>
  query.find(([name]) => OTHER_RESOURCES.has(name))?.[0] ?? null;

const OTHER_RESOURCES: ReadonlySet<string> = new Set([
  'acl',
  'append',
  'callback',
  'objectMeta',
  'partNumber',
  'restore',
  'symlink',
  'tagging',
  'torrent',
  'uploadId',
  'uploads',
  'versions',
  'x-oss-process',
]);

/**
 * Headers that a query replaces in the answer to a GET.
 *
 * Source: OSS documentation, GetObject, request parameters `response-…`.
 */
export const overriddenHeaders = (query: Query): Readonly<Record<string, string>> =>
  Object.fromEntries(
    query.flatMap(([name, value]) => {
      const header = /^response-(.+)$/.exec(name)?.[1] ?? '';
      return OVERRIDABLE.has(header) ? [[header, value]] : [];
    }),
  );

const OVERRIDABLE: ReadonlySet<string> = new Set([
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-type',
  'expires',
]);
