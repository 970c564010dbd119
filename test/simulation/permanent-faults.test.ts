import { describe, expect, test } from 'vitest';
import type { DownloadError } from '../../src/domain/errors.ts';
import { DownloadFailed } from '../../src/download-failed.ts';
import { startDownload } from '../../src/start-download.ts';
import { fault } from '../../src/testing/server/faults.ts';
import { diskFault, diskRules } from '../../src/testing/simulation/disk-faults.ts';
import { SMALL } from './small-spec.ts';
import { buildWorld, type SpecWorld, TARGET } from './spec-world.ts';
import { oneTurn, untilEnd } from './until-end.ts';

/** Four attempts, a second apart at most, and a second of silence each. */
const VIRTUAL_MS_MAX = 20_000;

interface Case {
  readonly arrange: (world: SpecWorld) => void;
  readonly error: Partial<DownloadError> & { readonly [field: string]: unknown };
}

/** From the second question on: the probe is answered well. */
const onParts = (refusal: ReturnType<typeof fault.refuse>) => (world: SpecWorld) =>
  world.oss.setFaults([(request) => (request.sequence > 1 ? refusal : null)]);

const CASES: Readonly<Record<string, Case>> = {
  'an object that is not there': {
    arrange: ({ removeObject }) => removeObject(),
    error: { _tag: 'ServerRefused', status: 404 },
  },
  'an object that is removed half way': {
    arrange: ({ oss, removeObject }) =>
      oss.setFaults([
        ({ sequence }) => {
          if (sequence === 3) removeObject();
          return null;
        },
      ]),
    error: { _tag: 'ServerRefused', status: 404 },
  },
  'access that is denied': {
    arrange: ({ oss }) => oss.setFaults([fault.refuse(403, 'AccessDenied')]),
    error: { _tag: 'ServerRefused', status: 403, code: 'AccessDenied' },
  },
  'access to parts that is denied': {
    arrange: onParts(fault.refuse(403, 'AccessDenied')),
    error: { _tag: 'ServerRefused', status: 403, code: 'AccessDenied' },
  },
  'an object in an archive': {
    arrange: onParts(fault.refuse(403, 'InvalidObjectState')),
    error: { _tag: 'ObjectArchived' },
  },
  'a server that is always busy': {
    arrange: ({ oss }) => oss.setFaults([fault.refuse(503, 'ServiceUnavailable')]),
    error: { _tag: 'ServerBusy', status: 503 },
  },
  'a server that is always busy with parts': {
    arrange: onParts(fault.refuse(503, 'ServiceUnavailable')),
    error: { _tag: 'ServerBusy', status: 503 },
  },
  'a network that resets everything': {
    arrange: ({ oss }) => oss.setFaults([fault.reset]),
    error: { _tag: 'NetworkFailed', code: 'ECONNRESET' },
  },
  'a server that falls silent for good': {
    arrange: onParts(fault.stallAfter(0)),
    error: { _tag: 'Stalled', cause: 'silence' },
  },
  'a server that ignores ranges': {
    arrange: onParts(fault.ignoreRange),
    error: { _tag: 'RangeIgnored' },
  },
  'an object that is another one in every answer': {
    arrange: onParts(fault.wrongEtag('ANOTHER')),
    error: { _tag: 'ObjectChanged', difference: 'etag' },
  },
  'a byte that is flipped every time': {
    arrange: ({ oss }) => oss.setFaults([fault.flipByte(17)]),
    error: { _tag: 'IntegrityFailed' },
  },
  'a disk that is mounted for reading only': {
    arrange: ({ disk }) => disk.setFaults([diskRules.readOnly]),
    error: { _tag: 'DiskFailed', code: 'EROFS' },
  },
  'a folder that may not be written to': {
    arrange: ({ disk }) =>
      disk.setFaults([diskRules.forOperation('write into', diskFault.fail('EACCES'))]),
    error: { _tag: 'DiskFailed', code: 'EACCES' },
  },
  'a disk whose writes fail': {
    arrange: ({ disk }) => disk.setFaults([diskRules.forPath('.part', diskFault.fail('EIO'))]),
    error: { _tag: 'DiskFailed', code: 'EIO' },
  },
};

describe('a download that cannot be', () => {
  for (const [name, { arrange, error }] of Object.entries(CASES)) {
    test(`ends in its own error within seconds: ${name}`, async () => {
      const world = buildWorld(SMALL);
      arrange(world);
      const job = startDownload(world.boot({}).effects, world.input);
      await untilEnd(world.clock, job.done);
      const thrown = await job.done.catch((reason: unknown) => reason);
      expect(thrown).toBeInstanceOf(DownloadFailed);
      expect((thrown as DownloadFailed).error).toMatchObject(error);
      expect(world.clock.atMs()).toBeLessThan(VIRTUAL_MS_MAX);
      expect(world.disk.contentOf(TARGET)).toBeNull();
    });
  }

  test('waits, with everything kept, while the disk is full for good', async () => {
    const world = buildWorld(SMALL);
    const full = diskRules.forOperation('write', diskFault.writeShort(0));
    world.disk.setFaults([diskRules.forPath('.part', full)]);
    const job = startDownload(world.boot({}).effects, world.input);
    while (job.actor.getSnapshot().value !== 'paused') await oneTurn(world.clock);
    expect(job.actor.getSnapshot().context.error).toMatchObject({ _tag: 'DiskFull' });
    expect(world.clock.atMs()).toBeLessThan(VIRTUAL_MS_MAX);
    world.disk.setFaults([]);
    job.resume();
    await untilEnd(world.clock, job.done);
    expect(world.disk.contentOf(TARGET)).toEqual(world.content());
  });
});
