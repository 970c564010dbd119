/** Where a download puts things, as it was named: a file, and a folder or a store of journals. */
import { E } from '../fp.ts';
import { type ErrorOf, usageError } from './errors.ts';

type Decoded<A> = E.Either<ErrorOf<'UsageError'>, A>;

/**
 * The path of a file. Types do not protect every caller, so a value of any kind is looked at.
 *
 * Errors: `UsageError` for `target`. An empty path would stand for the current folder.
 */
export const decodeTargetOption = (target: unknown): Decoded<string> =>
  isPath(target) ? E.right(target) : E.left(usageError('target', target, 'the path of a file'));

/**
 * The path of a folder, a store of another kind, or nothing.
 *
 * Errors: `UsageError` for `store`. An empty path would stand for the current folder.
 */
export const decodeStoreOption = <Store extends string | object | undefined>(
  store: Store,
): Decoded<Store> =>
  store === undefined || isPath(store) || (typeof store === 'object' && store !== null)
    ? E.right(store)
    : E.left(usageError('store', store, 'the path of a folder'));

const isPath = (value: unknown): value is string =>
  typeof value === 'string' && value !== '' && !value.includes('\0');
