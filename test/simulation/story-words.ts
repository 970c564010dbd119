/** What happens around a simulated download, in words. Pure. */
import type { LoggedRequest } from '../../src/testing/server/request-log.ts';
import type { DiskCall, DiskFault } from '../../src/testing/simulation/disk-faults.ts';
import { type Interruption, isCrash, sizeOf, type WorldSpec } from './world-spec.ts';

/** One answer of the server. */
export const requestWords = ({ method, range, status, bytesSent, fault }: LoggedRequest): string =>
  [
    `Server: ${method} ${range ?? 'without a range'}`,
    status === null ? 'no answer' : `answered ${status}`,
    `${bytesSent} bytes sent`,
    ...(fault === null ? [] : [`fault ${fault}`]),
  ].join(', ');

/** One call to the disk that goes wrong. */
export const diskFaultWords = (
  { operation, path, position, length }: DiskCall,
  fault: DiskFault,
): string => {
  const place = position === null ? '' : ` ${length} bytes at ${position}`;
  return `Disk: ${operation} ${path}${place}: ${taggedWords(fault)}`;
};

const taggedWords = ({ _tag, ...rest }: { readonly _tag: string }): string =>
  [_tag, ...Object.entries(rest).map(([name, value]) => `${name} ${String(value)}`)].join(' ');

/** What a world is, one thing a line. */
export const worldWords = (spec: WorldSpec): ReadonlyArray<string> => {
  const { seed, partSize, lanes, chunkLength, batchLength, checkpointBytes, link } = spec;
  const rate = link.bytesPerSecond === null ? 'any rate' : `${link.bytesPerSecond} bytes/s`;
  return [
    `${sizeOf(spec)} bytes in parts of ${partSize}, on ${lanes} lanes; seed ${seed}`,
    `chunks of ${chunkLength}, batches of ${batchLength}, checkpoints every ${checkpointBytes} bytes`,
    `${link.rttMs} ms to the server and back, at ${rate}`,
    ...spec.network.map(({ kind, request, times, share }) => {
      const which =
        times === 1 ? `request ${request}` : `requests ${request} to ${request + times - 1}`;
      return `network: ${kind} hits ${which}, at ${share}`;
    }),
    ...spec.disk.map(({ kind, call, isLasting }) => {
      return `disk: ${kind} hits call ${call} of its kind${isLasting ? ' and all later ones' : ''}`;
    }),
    ...spec.interruptions.map(interruptionWords),
  ];
};

const interruptionWords = (interruption: Interruption, index: number): string => {
  const what = `run ${index + 1}: ${interruption.kind} at ${interruption.at} of the usual calls`;
  if (!isCrash(interruption)) return what;
  const last = interruption.isDone ? 'which still happens' : 'which does not happen';
  const { meanwhile } = interruption;
  return `${what}, ${last}${meanwhile === 'nothing' ? '' : `; then ${meanwhile}`}`;
};
