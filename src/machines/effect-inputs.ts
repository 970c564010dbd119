/** What the actors of `download-machine.ts` are given: always plain data. */
import type { AnyActorRef } from 'xstate';
import { hasPart } from '../domain/part-runs.ts';
import type { PartNumber } from '../domain/plan.ts';
import type { OpeningRequest } from '../transfer/opening-request.ts';
import type { RepairScope } from '../transfer/repair.ts';
import type { SurveyRequest } from '../transfer/survey-target.ts';
import { type DownloadContext, existing } from './download-context.ts';
import { isWorthKeeping } from './download-steps.ts';
import type { PartInput } from './part-machine.ts';

interface At {
  readonly context: DownloadContext;
}

/** Which workspace, and what is to be done with it. */
export interface WorkspaceInput {
  readonly workspace: number;
  /** Compare checksums. */
  readonly verify: boolean;
  /** A request that brought no byte for so long is given up. In milliseconds. */
  readonly silenceMsMax: number;
  /** What was tried before against a wrong checksum of the whole. */
  readonly repaired: RepairScope | null;
  /** Leave part file and breakpoint in place. */
  readonly keep: boolean;
  /** The download: gets `TransferFact` events. */
  readonly self: AnyActorRef;
}

export const workspaceInput = ({
  context,
  self,
}: At & { readonly self: AnyActorRef }): WorkspaceInput => ({
  self,
  workspace: existing(context.workspace, 'workspace'),
  verify: context.settings.verify,
  silenceMsMax: context.settings.silenceMsMax,
  repaired: context.repaired,
  keep: isWorthKeeping(context),
});

export const surveyInput = ({ context }: At): SurveyRequest => ({
  identity: context.identity,
  target: context.target,
  disk: context.settings.disk,
});

export const openingInput = ({ context }: At): OpeningRequest => ({
  identity: context.identity,
  label: context.label,
  target: context.target,
  disk: context.settings.disk,
  version: existing(context.version, 'version'),
  plan: existing(context.plan, 'plan'),
});

/** Id of the child actor of a part. */
export const partId = (part: PartNumber): string => `part-${part}`;

export const partInput = (
  context: DownloadContext,
  part: PartNumber,
  parent: AnyActorRef,
): PartInput => ({
  part,
  workspace: existing(context.workspace, 'workspace'),
  hasPrefix: hasPart(context.prefixed, part),
  retry: context.settings.retry,
  seed: context.settings.seed,
  accessGeneration: context.accessGeneration,
  parent,
});
