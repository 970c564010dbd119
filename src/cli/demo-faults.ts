/** What goes wrong in the demo: chosen so that each run of it meets every kind. */
import { type Fault, type FaultRule, fault, firstOf, once, whenPart } from '../testing/index.ts';

/** Bytes of a part in the demo: 4 MiB. */
export const DEMO_PART_SIZE = 4 * 2 ** 20;

/** What one connection brings, so that there is something to see: 6 MB/s. */
const BYTES_PER_SECOND = 6e6;

/** The faults so far that are more than slowness. */
export interface FaultCounts {
  readonly reset: number;
  readonly cut: number;
  readonly busy: number;
}

/** Resets, cuts and a busy server, before and after the demo's kill; every connection is slow. */
export const demoFaults = (): { readonly rule: FaultRule; readonly counts: () => FaultCounts } => {
  const counts = { reset: 0, cut: 0, busy: 0 };
  const at = (index: number, what: Fault): FaultRule =>
    once(whenPart({ index, size: DEMO_PART_SIZE }, what));
  const busy = fault.refuse(503, 'ServiceUnavailable', '1');
  const rule = firstOf([
    at(1, fault.reset),
    at(3, fault.cutAfter(1_500_000)),
    at(4, busy),
    at(6, fault.endEarly(2_000_000, 'chunked')),
    at(13, fault.reset),
    at(15, fault.cutAfter(3_000_000)),
    at(17, fault.reset),
    fault.slow(BYTES_PER_SECOND),
  ]);
  const count = ({ _tag }: Fault): void => {
    if (_tag === 'Reset') counts.reset += 1;
    if (_tag === 'CutAfter' || _tag === 'EndEarly') counts.cut += 1;
    if (_tag === 'Refuse') counts.busy += 1;
  };
  return {
    rule: (request) => {
      const given = rule(request);
      if (given !== null) count(given);
      return given;
    },
    counts: () => ({ ...counts }),
  };
};
