/** Traces of all runs of a simulation as one: `partwise replay` shows them one after the other. */
import { type TraceLines, traceLines } from '../../trace/trace-lines.ts';
import { createTracer, type Tracer } from '../../trace/tracer.ts';
import type { SimulatedClock } from './simulated-clock.ts';

export interface SimulationTracer {
  /** For the next run that starts: the `inspect` of its download. */
  readonly inspectRun: () => Tracer['inspect'];
}

/**
 * @param tell Gets the header at once, then each line. All end with a line feed.
 */
export const simulationTracer = (
  clock: Pick<SimulatedClock, 'atMs' | 'wallTime'>,
  partwise: string,
  tell: (line: string) => void,
): SimulationTracer => {
  let lines: TraceLines | null = null;
  return {
    inspectRun: () => {
      const beganAt = clock.atMs();
      const tracer = createTracer({
        now: clock.atMs,
        startedAtMs: clock.wallTime(),
        partwise,
        host: 'simulated',
      });
      if (lines === null) {
        lines = traceLines({ ...tracer.header, startedAtMs: clock.wallTime() - beganAt });
        tell(lines.header);
      }
      const { line } = lines;
      tracer.subscribe((record) => tell(line({ ...record, at: record.at + beganAt })));
      return tracer.inspect;
    },
  };
};
