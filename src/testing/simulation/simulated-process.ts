/**
 * A process of a simulated world: everything that its downloads touch, until it is killed. From
 * then on nothing that it began is answered, no timer of it fires, and no byte reaches it.
 */
import type { Clock } from '../../effects/clock.ts';
import type { FileSystem, Folders, OpenFile } from '../../effects/file-system.ts';
import type { HttpClient } from '../../effects/http-client.ts';
import { E, type TE } from '../../fp.ts';

/** What a process can reach of its world. */
export interface Reach {
  readonly files: FileSystem;
  readonly folders: Folders;
  readonly http: HttpClient;
  readonly clock: Clock;
}

/** When a process shall end by itself, for who wants it to end at an exact point. */
export interface Fate {
  /** The effect call that is its last one, from 1; default: none. */
  readonly lastCall?: number;
  /** Does the last call still happen, and only its answer never comes? Default: it does not. */
  readonly isLastDone?: boolean;
  /** Told the number of each effect call before it happens. */
  readonly onCall?: (call: number) => void;
}

export interface SimulatedProcess extends Reach {
  readonly isAlive: () => boolean;
  /** Ends it as `kill -9` does. */
  readonly kill: () => void;
  /** How many effects it called. */
  readonly calls: () => number;
}

const NEVER = new Promise<never>(() => {});

/** @param world What the process sees as long as it lives. */
export const simulatedProcess = (world: Reach, fate: Fate = {}): SimulatedProcess => {
  const { lastCall = Number.POSITIVE_INFINITY, isLastDone = false, onCall } = fate;
  let isAlive = true;
  let calls = 0;

  const mortal =
    <Error, A>(effect: TE.TaskEither<Error, A>): TE.TaskEither<Error, A> =>
    async () => {
      if (!isAlive) return NEVER;
      calls += 1;
      onCall?.(calls);
      if (!isAlive) return NEVER;
      if (calls >= lastCall) {
        isAlive = false;
        if (isLastDone) await effect();
        return NEVER;
      }
      const answer = await effect();
      return isAlive ? answer : NEVER;
    };
  const mortalFile = (file: OpenFile): OpenFile => ({
    writeAt: (chunks, position) => mortal(file.writeAt(chunks, position)),
    readAt: (buffer, position) => mortal(file.readAt(buffer, position)),
    datasync: () => mortal(file.datasync()),
    resize: (size) => mortal(file.resize(size)),
    facts: () => mortal(file.facts()),
    stamp: (stamp) => mortal(file.stamp(stamp)),
    close: () => mortal(file.close()),
  });
  const opening =
    (open: FileSystem['open']): FileSystem['open'] =>
    (path) =>
    async () => {
      const opened = await mortal(open(path))();
      return E.isLeft(opened) ? opened : E.right(mortalFile(opened.right));
    };
  const { files, folders, http, clock } = world;
  return {
    files: {
      create: opening(files.create),
      open: opening(files.open),
      openToRead: opening(files.openToRead),
      facts: (path) => mortal(files.facts(path)),
      rename: (from, to) => mortal(files.rename(from, to)),
      link: (from, to) => mortal(files.link(from, to)),
      remove: (path) => mortal(files.remove(path)),
    },
    folders: {
      make: (path) => mortal(folders.make(path)),
      list: (path) => mortal(folders.list(path)),
      sync: (path) => mortal(folders.sync(path)),
      freeBytes: (path) => mortal(folders.freeBytes(path)),
      realPath: (path) => mortal(folders.realPath(path)),
      checkWritable: (path) => mortal(folders.checkWritable(path)),
    },
    http: {
      exchange: (request, onHead, signal) => {
        const headed: typeof onHead = (head) => {
          const picked = onHead(head);
          if (E.isLeft(picked)) return picked;
          const { write } = picked.right;
          return E.right({ write: (chunk) => (isAlive ? write(chunk) : NEVER) });
        };
        return mortal(http.exchange(request, headed, signal));
      },
    },
    clock: {
      ...clock,
      setTimeout: (callback, delayMs) =>
        clock.setTimeout(() => {
          if (isAlive) callback();
        }, delayMs),
    },
    isAlive: () => isAlive,
    kill: () => {
      isAlive = false;
    },
    calls: () => calls,
  };
};
