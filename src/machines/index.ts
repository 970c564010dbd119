/** `partwise/machines`: the statecharts, their words, and how effects are given to them. */
export type { DownloadContext, Intent } from './download-context.ts';
export {
  type DownloadInput,
  type DownloadOrder,
  type DownloadSettings,
  downloadInput,
} from './download-input.ts';
export { downloadMachine } from './download-machine.ts';
export type { OpeningReport } from './download-steps.ts';
export type { WorkspaceInput } from './effect-inputs.ts';
export type { DownloadEmitted, DownloadEnding, Outcome } from './emitted.ts';
export type {
  DownloadCommand,
  DownloadEvent,
  PartEvent,
  PartReport,
  Stalled,
  TransferFact,
} from './events.ts';
export { fromTaskEither, type Interrupt } from './from-task-either.ts';
export {
  type PartContext,
  type PartEffectInput,
  type PartInput,
  partMachine,
} from './part-machine.ts';
export { type DownloadEffects, provideEffects } from './provide-effects.ts';
export { toMermaid } from './to-mermaid.ts';
