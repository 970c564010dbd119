/**
 * An interruption at one exact point: after so many effect calls a process stands still, as it does
 * when it is killed.
 *
 * Nothing of it goes on afterwards: calls are neither made nor answered, chunks of the network do
 * not reach it, its timers do not fire. Give every process a fuse of its own, and let nothing reach
 * it but through the fuse.
 */
import type { Clock } from '../../effects/clock.ts';
import type { FileSystem, Folders, OpenFile } from '../../effects/file-system.ts';
import type { BodySink, HttpClient } from '../../effects/http-client.ts';
import type { ObjectStorage } from '../../effects/object-storage.ts';
import { E, type TE } from '../../fp.ts';

export interface Fuse {
  /** How many effects were called. */
  readonly calls: () => number;
  readonly isBlown: () => boolean;
  /** Blows it now, between two calls. */
  readonly blow: () => void;
  readonly files: (files: FileSystem) => FileSystem;
  readonly folders: (folders: Folders) => Folders;
  readonly storage: (storage: ObjectStorage) => ObjectStorage;
  readonly http: (client: HttpClient) => HttpClient;
  /** Timers are no effect calls: they are not counted. */
  readonly clock: (clock: Clock) => Clock;
}

/**
 * @param limit  The effect call that is the last one; `Infinity` never blows by itself.
 * @param isDone Does the last call still happen, only its answer never comes? Else it does not.
 */
export const fuse = (limit: number, isDone: boolean): Fuse => {
  let calls = 0;
  let isBlown = false;
  const never = new Promise<never>(() => {});

  /** What was under way when the fuse blew is not answered either. */
  const orNever = <A>(answer: A): A | Promise<never> => (isBlown ? never : answer);

  const guard =
    <Error, A>(effect: TE.TaskEither<Error, A>): TE.TaskEither<Error, A> =>
    () => {
      if (isBlown) return never;
      calls += 1;
      if (calls < limit) return effect().then(orNever);
      isBlown = true;
      if (isDone) void effect();
      return never;
    };
  const guardOpening =
    <Error>(effect: TE.TaskEither<Error, OpenFile>): TE.TaskEither<Error, OpenFile> =>
    async () => {
      const opened = await guard(effect)();
      return E.isLeft(opened) ? opened : E.right(guardFile(opened.right));
    };
  const guardFile = (file: OpenFile): OpenFile => ({
    writeAt: (chunks, position) => guard(file.writeAt(chunks, position)),
    readAt: (buffer, position) => guard(file.readAt(buffer, position)),
    datasync: () => guard(file.datasync()),
    resize: (size) => guard(file.resize(size)),
    facts: () => guard(file.facts()),
    stamp: (stamp) => guard(file.stamp(stamp)),
    close: () => guard(file.close()),
  });
  const guardSink = (sink: BodySink): BodySink => ({
    write: (chunk) => (isBlown ? never : sink.write(chunk)),
  });

  return {
    calls: () => calls,
    isBlown: () => isBlown,
    blow: () => {
      isBlown = true;
    },
    files: (files) => ({
      create: (path) => guardOpening(files.create(path)),
      open: (path) => guardOpening(files.open(path)),
      openToRead: (path) => guardOpening(files.openToRead(path)),
      facts: (path) => guard(files.facts(path)),
      rename: (from, to) => guard(files.rename(from, to)),
      link: (from, to) => guard(files.link(from, to)),
      remove: (path) => guard(files.remove(path)),
    }),
    folders: (folders) => ({
      make: (path) => guard(folders.make(path)),
      list: (path) => guard(folders.list(path)),
      sync: (path) => guard(folders.sync(path)),
      freeBytes: (path) => guard(folders.freeBytes(path)),
      realPath: (path) => guard(folders.realPath(path)),
      checkWritable: (path) => guard(folders.checkWritable(path)),
    }),
    storage: (storage) => ({
      probe: (signal) => guard(storage.probe(signal)),
      fetchRange: (request, sink, signal) =>
        guard(storage.fetchRange(request, guardSink(sink), signal)),
      refreshAccess: (signal) => guard(storage.refreshAccess(signal)),
    }),
    http: (client) => ({
      exchange: (request, onHead, signal) => {
        const guarded: typeof onHead = (head) => {
          if (isBlown) return E.right({ write: () => never });
          const sink = onHead(head);
          return E.isLeft(sink) ? sink : E.right(guardSink(sink.right));
        };
        return guard(client.exchange(request, guarded, signal));
      },
    }),
    clock: (clock) => ({
      now: clock.now,
      wallTime: clock.wallTime,
      setTimeout: (callback, delayMs) =>
        clock.setTimeout(() => {
          if (!isBlown) callback();
        }, delayMs),
      clearTimeout: clock.clearTimeout,
    }),
  };
};
