/**
 * The charts' own names for states and effects, as types made from the machines themselves: a name
 * that a chart has no longer does not compile.
 */
import type { downloadMachine } from '../machines/download-machine.ts';
import type { partMachine } from '../machines/part-machine.ts';

/** The key of a state right below the download's chart, such as `downloadingParts`. */
export type TopLevelState = TopOf<ValueOf<typeof downloadMachine>>;

/** Any state of the download, without `download.`: `settling`, `settling.resting`. */
export type DownloadState = PathOf<ValueOf<typeof downloadMachine>>;

/** Any state of a part by its id: `part.fetching.flowing`. */
export type PartStateId = `part.${PathOf<ValueOf<typeof partMachine>>}`;

/** An effect of the download: `saveCheckpoint`. */
export type EffectName = keyof NonNullable<
  Parameters<(typeof downloadMachine)['provide']>[0]['actors']
>;

interface Machine {
  readonly getInitialSnapshot: (...of: never) => { readonly value: unknown };
}

/** A state's key, or keys with what is active below them. */
type ValueOf<Of extends Machine> = ReturnType<Of['getInitialSnapshot']>['value'];

type TopOf<Value> = Value extends string ? Value : keyof Value & string;

type PathOf<Value> = Value extends string
  ? Value
  : { [Key in keyof Value & string]: Key | `${Key}.${PathOf<Value[Key]>}` }[keyof Value & string];
