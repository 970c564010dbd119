/** What a simulation is made from: the object, who may read it, and what goes wrong. */
import { parseSize } from '../../domain/bytes.ts';
import type { TransferOptions } from '../../domain/download-options.ts';
import { E } from '../../fp.ts';
import type { InspectionObserver, StartOptions } from '../../start-download.ts';
import type { FaultOrRule } from '../server/fault-rules.ts';
import { hollowObject } from '../server/hollow.ts';
import type { ObjectContent } from '../server/stored-object.ts';
import { syntheticObject } from '../server/synthetic-object.ts';
import type { SimulatedDiskOptions } from './simulated-disk.ts';
import type { NetworkRule } from './simulated-network-fault.ts';
import type { LinkOptions } from './simulated-network-link.ts';

export interface SimulationOptions {
  /** Decides everything that is left to chance. The same seed, the same log, byte for byte. */
  readonly seed: number;
  /**
   * Its content, or its size in bytes or as `'50GB'`. Up to 64 MB a size gives content that can be
   * compared; above that zeros, which take neither memory nor time.
   */
  readonly object: number | string | ObjectContent;
  /** What goes wrong with answers of the server. The first rule that gives a fault counts. */
  readonly faults?: ReadonlyArray<FaultOrRule>;
  /** What goes wrong on the way, whatever the server does. Default: nothing. */
  readonly network?: NetworkRule;
  /** How fast the network is, and how it loses packets. Default: it takes no time. */
  readonly link?: Partial<LinkOptions>;
  /** Room, latency and faults of the disk. Default: it takes no time and is never full. */
  readonly disk?: Omit<SimulatedDiskOptions, 'folders' | 'clock'>;
  /** Temporary credentials. Default: none are needed, the object is public. */
  readonly credentials?: SimulatedCredentials;
}

export interface SimulatedCredentials {
  /** How long they last, in milliseconds of virtual time; `Infinity`: until `expireCredentials`. */
  readonly lastMs: number;
  /** How often fresh ones can be had. 0: never. Default: always. */
  readonly refreshes?: number;
}

/** As for `download`, without what the simulation itself decides. Durability is always `'full'`. */
export type SimulatedDownloadOptions = Omit<TransferOptions, 'durability'> &
  Pick<StartOptions, 'signal'> & {
    /** XState's inspection observer. */
    readonly inspect?: InspectionObserver | undefined;
  };

/** Above this, content is zeros: 64 MB. */
export const CONTENT_LENGTH_MAX = 64e6;

/** Throws `RangeError` where the size is none. */
export const contentOf = ({ object, seed }: SimulationOptions): ObjectContent => {
  if (typeof object === 'object') return object;
  const size = parseSize(String(object));
  if (E.isLeft(size)) throw new RangeError(`not a size: ${object}`);
  return size.right > CONTENT_LENGTH_MAX
    ? hollowObject(size.right)
    : syntheticObject({ seed: Math.abs(Math.trunc(seed)), size: size.right });
};

/** All bytes of it. Throws `RangeError` for what is too large to be held in memory. */
export const bytesOf = (content: ObjectContent): Uint8Array => {
  if (content instanceof Uint8Array) return content;
  if (content._tag === 'HollowObject') {
    throw new RangeError(`${content.size} bytes of zeros are compared by their CRC-64`);
  }
  return content.read(0, content.size);
};
