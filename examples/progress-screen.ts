/** A screen of an application: what a person sees of a download, and may press. */
import { type Download, type DownloadError, describeError, formatSize } from 'partwise';

export interface ProgressScreen {
  readonly title: 'Downloading' | 'Paused' | 'Done' | 'Stopped';
  /** From 0 to 100. */
  readonly percent: number;
  readonly message: string;
  readonly button: 'Pause' | 'Go on' | 'Try again' | 'Sign in' | null;
}

/** Follows a download. The screen is asked for whenever it is drawn. */
export const progressScreen = (job: Download): (() => ProgressScreen) => {
  let screen: ProgressScreen = {
    title: 'Downloading',
    percent: 0,
    message: 'Asking for the file …',
    button: 'Pause',
  };
  const show = (change: Partial<ProgressScreen>): void => {
    screen = { ...screen, ...change };
  };
  job.on('verdict', ({ verdict }) => {
    if (verdict._tag === 'Resumed') show({ message: `Goes on after ${formatSize(verdict.bytes)}` });
  });
  job.on('progress', ({ progress: { received, total } }) => {
    if (total) show({ percent: Math.floor((received / total) * 100) });
  });
  job.on('paused', ({ because }) =>
    show({
      title: 'Paused',
      message: because?._tag === 'DiskFull' ? 'The disk is full. Make room, then go on.' : '',
      button: 'Go on',
    }),
  );
  job.on('resumed', () => show({ title: 'Downloading', message: '', button: 'Pause' }));
  job.on('renamed', () => show({ title: 'Done', percent: 100, message: '', button: null }));
  job.on('failed', ({ error, resumable }) =>
    show({
      title: 'Stopped',
      message: messageOf(error),
      button: error._tag === 'AccessExpired' ? 'Sign in' : resumable ? 'Try again' : null,
    }),
  );
  return () => screen;
};

const messageOf = (error: DownloadError): string => {
  if (error._tag === 'ServerRefused' && error.status === 404) return 'The file is not there.';
  if (error._tag === 'AccessExpired') return 'You have been signed out.';
  return describeError(error);
};
