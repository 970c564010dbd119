/** Who may look on while a download lives its life. */
import type { InspectionEvent } from 'xstate';
import type { Clock } from '../../src/effects/clock.ts';

export interface Onlooker {
  /** Asked when a run begins; gets the inspection events of that run. */
  readonly watch?: (clock: Clock) => (event: InspectionEvent) => void;
  /** Told what happens around the download, and when in virtual time. */
  readonly say?: (text: string, atMs: number) => void;
}
