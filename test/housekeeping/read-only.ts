/** A disk that may only be read: whoever looks needs no more. */
import type { ErrorOf } from '../../src/domain/errors.ts';
import { nodeFileSystem, nodeFolders } from '../../src/effects/file-system.node.ts';
import type { DiskEffect } from '../../src/effects/file-system.ts';
import type { Host } from '../../src/effects/host.ts';
import { E } from '../../src/fp.ts';
import type { HousekeepingEffects } from '../../src/housekeeping/housekeeping-effects.ts';
import { effectsOn } from './arrange.ts';

const refuse =
  (operation: string) =>
  (path: string): DiskEffect<never> =>
  async () =>
    E.left<ErrorOf<'DiskFailed'>>({ _tag: 'DiskFailed', code: 'EROFS', operation, path });

/** Housekeeping over a store that is on such a disk. */
export const readOnly = (store: string, host: Host): HousekeepingEffects => {
  const files = {
    ...nodeFileSystem,
    ...{ create: refuse('create'), open: refuse('open'), rename: refuse('rename') },
    ...{ link: refuse('link'), remove: refuse('remove') },
  };
  const folders = {
    ...nodeFolders,
    ...{ make: refuse('make folder'), sync: refuse('sync folder') },
    checkWritable: refuse('write into'),
  };
  return effectsOn(store, host, files, folders);
};
