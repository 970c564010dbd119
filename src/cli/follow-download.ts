/** What a download tells while it runs, passed on; and the one thing that a command acts on. */
import type { Download, DownloadError, ErrorOf } from '../index.ts';
import type { Reporter } from './reporter.ts';

export interface Following {
  /** Why the command ended it; null: it did not. */
  readonly because: () => DownloadError | null;
  readonly stop: () => void;
}

/**
 * Tells what happens. A download that pauses because the disk is full is ended with everything
 * kept: a command does not wait for somebody to free the disk. Whoever pauses it on the
 * inspector's page goes on there, too.
 */
export const followDownload = (
  job: Pick<Download, 'on' | 'cancel'>,
  tell: Reporter['tell'],
): Following => {
  let because: ErrorOf<'DiskFull'> | null = null;
  const stop = job.on('*', (event) => {
    if (because === null) tell(event);
    if (event.type !== 'paused' || event.because?._tag !== 'DiskFull') return;
    because = event.because;
    job.cancel({ keep: true });
  });
  return { because: () => because, stop };
};
