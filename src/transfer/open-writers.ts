/**
 * The writers of the parts under way. What they have gathered is written before a checkpoint: on a
 * slow connection a batch takes longer to gather than a checkpoint interval lasts.
 */
import type { PartWriter } from './part-writer.ts';

export interface OpenWriters {
  /** Adds a writer. Returns how to take it out again. */
  readonly add: (writer: PartWriter) => () => void;
  /** Writes what all of them have gathered. What goes wrong is for their parts to tell. */
  readonly flush: () => Promise<void>;
}

export const openWriters = (): OpenWriters => {
  const writers = new Set<PartWriter>();
  return {
    add: (writer) => {
      writers.add(writer);
      return () => void writers.delete(writer);
    },
    flush: async () => {
      await Promise.allSettled([...writers].map((writer) => writer.flush()));
    },
  };
};
