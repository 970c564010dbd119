/** Hardships of a specification as rules of the simulated server and disk. */
import {
  type Fault,
  type FaultRequest,
  type FaultRule,
  fault,
} from '../../src/testing/server/faults.ts';
import {
  type DiskCall,
  type DiskFault,
  type DiskFaultRule,
  diskFault,
} from '../../src/testing/simulation/disk-faults.ts';
import type { DiskHardship, NetworkHardship } from './world-spec.ts';

/** What hardships do to the world besides answering wrongly. */
export interface WorldActions {
  readonly changeObject: () => void;
  readonly expireAccess: () => void;
}

/** Hits the requests from the given one on, so many of them, whatever they ask for. */
export const networkRule = (hardship: NetworkHardship, actions: WorldActions): FaultRule => {
  const { request: first, times } = hardship;
  return (request) =>
    request.sequence >= first && request.sequence < first + times
      ? faultOf(hardship, request, request.sequence === first, actions)
      : null;
};

const faultOf = (
  { kind, share }: NetworkHardship,
  { range }: FaultRequest,
  isFirst: boolean,
  { changeObject, expireAccess }: WorldActions,
): Fault | null => {
  const length = range === null ? 0 : range.end - range.start;
  const some = Math.floor(share * length);
  switch (kind) {
    case 'reset':
      return fault.reset;
    case 'cutAfter':
      return fault.cutAfter(some);
    case 'endEarly':
      return fault.endEarly(some, share < 0.5 ? 'length' : 'chunked');
    case 'stallAfter':
      return fault.stallAfter(some);
    case 'tooManyRequests':
      return fault.refuse(429, 'TooManyRequests', '1');
    case 'unavailable':
      return fault.refuse(503, 'ServiceUnavailable');
    case 'flipByte':
      return fault.flipByte((range?.start ?? 0) + some);
    case 'wrongRange':
      return fault.wrongRange(1 + some);
    case 'ignoreRange':
      return fault.ignoreRange;
    case 'wrongTotal':
      return fault.wrongTotal(1 + some);
    case 'wrongEtag':
      return fault.wrongEtag('ANOTHER');
    case 'delayHead':
      return fault.delayHead(200 + 2_000 * share);
    case 'trickle':
      return fault.slow(400);
    case 'expiredAccess':
      expireAccess();
      return null;
    case 'changedObject':
      if (isFirst) changeObject();
      return null;
  }
};

/** Hits the given call of its kind, and where it lasts all later ones. */
export const diskRule = ({ kind, call: first, isLasting }: DiskHardship): DiskFaultRule => {
  let count = 0;
  return (call) => {
    if (call.operation !== OPERATIONS[kind]) return null;
    count += 1;
    const isHit = isLasting ? count >= first : count === first;
    return isHit ? diskFaultOf(kind, call) : null;
  };
};

const OPERATIONS: Readonly<Record<DiskHardship['kind'], DiskCall['operation']>> = {
  syncFails: 'sync',
  full: 'write',
  writeFails: 'write',
  readFails: 'read',
  renameFails: 'rename to',
  removeFails: 'remove',
  closeFails: 'close',
};

const diskFaultOf = (kind: DiskHardship['kind'], { length }: DiskCall): DiskFault =>
  kind === 'full' ? diskFault.writeShort(Math.floor((length ?? 0) / 2)) : diskFault.fail();
