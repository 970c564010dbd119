/** Which pauses end the command, and which are somebody's wish. */
import { describe, expect, test } from 'vitest';
import { followDownload } from '../../src/cli/follow-download.ts';
import type { Download, DownloadEmitted, DownloadError } from '../../src/index.ts';

/** A download that tells what it is made to tell, and writes down how it is cancelled. */
const arrange = () => {
  let handler: (event: DownloadEmitted) => void = () => {};
  const cancels: Array<unknown> = [];
  const on: Download['on'] = (_, given) => {
    handler = given as typeof handler;
    return () => {
      handler = () => {};
    };
  };
  const told: Array<string> = [];
  const job = { on, cancel: (options: unknown) => cancels.push(options) };
  const following = followDownload(job as Pick<Download, 'on' | 'cancel'>, ({ type }) => {
    told.push(type);
  });
  const pause = (because: DownloadError | null) => handler({ type: 'paused', because });
  const resume = () => handler({ type: 'resumed' });
  return { following, cancels, told, pause, resume };
};

const BUSY: DownloadError = {
  ...{ _tag: 'ServerBusy', status: 503, code: 'ServiceUnavailable', message: '' },
  ...{ requestId: null, ec: null, retryAfterMs: null },
};

describe('followDownload', () => {
  test.each([null, BUSY])('a pause because of %j is told, and ends nothing', (because) => {
    const { following, cancels, told, pause, resume } = arrange();
    pause(because);
    resume();
    expect(following.because()).toBeNull();
    expect({ cancels, told }).toEqual({ cancels: [], told: ['paused', 'resumed'] });
  });

  test('a full disk ends the download with everything kept, and is the reason', () => {
    const { following, cancels, told, pause, resume } = arrange();
    const full: DownloadError = { _tag: 'DiskFull', path: '/a', missing: 1 };
    pause(full);
    resume();
    expect(following.because()).toEqual(full);
    expect({ cancels, told }).toEqual({ cancels: [{ keep: true }], told: ['paused'] });
  });

  test('nothing is told any more once it is stopped', () => {
    const { following, told, pause } = arrange();
    following.stop();
    pause(null);
    expect(told).toEqual([]);
  });
});
