/** `partwise/inspector`: watch a download in a browser, and record what it does. */

export {
  loadTrace,
  readTrace,
  TRACE_VERSION,
  type TraceReader,
  type TraceReading,
} from '../trace/read-trace.ts';
export { type Json, type Redact, type RedactOptions, redactor } from '../trace/redact.ts';
export { safeInspection } from '../trace/safe-inspection.ts';
export { openTraceFile } from '../trace/trace-file.ts';
export { describeTraceFlaw, type TraceFlaw } from '../trace/trace-flaw.ts';
export { type TraceLines, traceLines } from '../trace/trace-lines.ts';
export type { ActorName, TracedEvent, TraceHeader, TraceRecord } from '../trace/trace-record.ts';
export { createTracer, type Tracer, type TracerOptions } from '../trace/tracer.ts';
export {
  type TraceFailure,
  type TraceSink,
  type TraceWriter,
  type TraceWriterOptions,
  writeTrace,
} from '../trace/write-trace.ts';
export type { DownloadView } from '../view/download-view.ts';
export { foldView, type ViewFold } from '../view/fold-view.ts';
export {
  createInspector,
  type Inspector,
  type InspectorOptions,
  type Replay,
  type ReplayOptions,
  replayTrace,
} from './create-inspector.ts';
export type { InspectorServer } from './inspector-server.ts';
