/** What happens in a simulation, in words, each line with its virtual time. */
import { formatSize } from '../../domain/bytes.ts';
import { describeError } from '../../domain/describe-error.ts';
import { describeVerdict } from '../../domain/verdict.ts';
import { absurd } from '../../fp.ts';
import type { DownloadEmitted } from '../../machines/emitted.ts';
import type { FaultRequest, FaultRule } from '../server/faults.ts';
import type { LoggedRequest } from '../server/request-log.ts';
import type { DiskFaultRule } from './disk-faults.ts';
import type { NetworkRule } from './simulated-network-fault.ts';

/** One thing that happened. */
export interface SimulationEntry {
  /** Milliseconds of virtual time since the simulation began. */
  readonly atMs: number;
  /** `control` is what whoever owns the simulation did to it. */
  readonly kind: 'request' | 'answer' | 'fault' | 'told' | 'crash' | 'control';
  readonly text: string;
}

export interface SimulationLog {
  readonly note: (kind: SimulationEntry['kind'], text: string) => void;
  readonly entries: () => ReadonlyArray<SimulationEntry>;
}

export const simulationLog = (nowMs: () => number): SimulationLog => {
  const entries: Array<SimulationEntry> = [];
  return {
    note: (kind, text) => entries.push({ atMs: nowMs(), kind, text }),
    entries: () => [...entries],
  };
};

/**
 * An entry as a line.
 *
 * @example
 * entryLine({ atMs: 1250, kind: 'answer', text: 'request 3: 206' }) // '   1.250 s  answer   …'
 */
export const entryLine = ({ atMs, kind, text }: SimulationEntry): string =>
  `${(atMs / 1000).toFixed(3).padStart(8)} s  ${kind.padEnd(7)}  ${text}`;

/** Notes each request, and gives no fault. */
export const notingRequests =
  ({ note }: SimulationLog): FaultRule =>
  (request) => {
    note('request', requestWords(request));
    return null;
  };

const requestWords = ({ sequence, method, key, range, attempt }: FaultRequest): string => {
  const bytes = range === null ? '' : `, bytes ${range.start} to ${range.end - 1}`;
  const again = attempt === 1 ? '' : `, attempt ${attempt}`;
  return `${sequence}: ${method} ${key}${bytes}${again}`;
};

/** Notes an answer that is complete, or whose connection closed. */
export const noteAnswer = (
  { note }: SimulationLog,
  { sequence, status, bytesSent }: LoggedRequest,
): void => {
  const what = status === null ? 'no answer' : `${status}, ${formatSize(bytesSent)}`;
  note('answer', `to ${sequence}: ${what}`);
};

/** The same rule; what it gives is noted. */
export const notingFaults =
  ({ note }: SimulationLog, rule: FaultRule): FaultRule =>
  (request) => {
    const given = rule(request);
    if (given !== null)
      note('fault', `of the server, in answer ${request.sequence}: ${given._tag}`);
    return given;
  };

export const notingDiskFaults =
  ({ note }: SimulationLog, rule: DiskFaultRule): DiskFaultRule =>
  (call) => {
    const given = rule(call);
    if (given !== null) {
      const code = 'code' in given ? ` ${given.code}` : '';
      note(
        'fault',
        `of the disk, when asked to ${call.operation} ${call.path}: ${given._tag}${code}`,
      );
    }
    return given;
  };

export const notingNetworkFaults =
  ({ note }: SimulationLog, rule: NetworkRule): NetworkRule =>
  (request) => {
    const given = rule(request);
    if (given !== null)
      note('fault', `of the network, in exchange ${request.sequence}: ${given._tag}`);
    return given;
  };

/** What a download told, in words. */
export const toldWords = (event: DownloadEmitted): string => {
  switch (event.type) {
    case 'planned': {
      const { partCount, partSize } = event.plan;
      return `planned: ${partCount} × ${formatSize(partSize)}`;
    }
    case 'verdict':
      return `verdict: ${describeVerdict(event.verdict)}`;
    case 'progress': {
      const { received, written, durable } = event.progress;
      return `progress: received ${received}, written ${written}, durable ${durable}`;
    }
    case 'retry': {
      const who = event.part === null ? 'the question for the version' : `part ${event.part}`;
      const when = `attempt ${event.attempt} in ${event.delayMs} ms`;
      return `retry: ${who}, ${when}. ${describeError(event.error)}`;
    }
    case 'damaged':
      return `damaged: part ${event.part}`;
    case 'repairing':
      return `repairing: ${event.parts} parts, ${event.scope}`;
    case 'paused':
      return `paused${event.because === null ? '' : `: ${describeError(event.because)}`}`;
    case 'renamed': {
      const { size, crc64, resumedBytes, fetchedBytes } = event.outcome;
      return `renamed: ${size} bytes, ${resumedBytes} resumed, ${fetchedBytes} fetched, CRC-64 ${crc64}`;
    }
    case 'failed':
      return `failed, ${event.resumable ? 'resumable' : 'for good'}: ${describeError(event.error)}`;
    case 'cancelled':
      return `cancelled: ${event.kept ? 'everything is kept' : 'nothing is kept'}`;
    case 'accessRefreshed':
    case 'resumed':
      return event.type;
    default:
      return absurd(event);
  }
};
