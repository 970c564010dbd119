/** A download as a child of a statechart of one's own: it pauses while there is no network. */
import { type DownloadOptions, prepareDownload } from 'partwise';
import { provideEffects } from 'partwise/machines';
import { sendTo, setup } from 'xstate';

/**
 * Keeps a file in step with its object: begins when there is a network, pauses while there is none.
 *
 * @param options As for `download`.
 */
export const syncMachine = (options: DownloadOptions) => {
  const { effects, input, close } = prepareDownload(options);
  return setup({
    types: { events: {} as { type: 'online' } | { type: 'offline' } },
    actors: { download: provideEffects(effects) },
    actions: {
      pause: sendTo('file', { type: 'pause' }),
      resume: sendTo('file', { type: 'resume' }),
      close: () => void close(),
    },
  }).createMachine({
    id: 'sync',
    initial: 'offline',
    states: {
      offline: { on: { online: 'syncing' } },
      syncing: {
        invoke: {
          id: 'file',
          src: 'download',
          input,
          onDone: [
            { guard: ({ event }) => event.output.type === 'renamed', target: 'synced' },
            { target: 'failed' },
          ],
        },
        on: { offline: { actions: 'pause' }, online: { actions: 'resume' } },
      },
      synced: { type: 'final', entry: 'close' },
      failed: { type: 'final', entry: 'close' },
    },
  });
};
