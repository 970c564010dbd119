/** Draws what changed, once per animation frame, however many messages came in between. */

/** What a drawing depends on. */
export type Topic =
  | 'connection'
  | 'hello'
  | 'playback'
  | 'view'
  | 'states'
  | 'parts'
  | 'series'
  | 'log'
  | 'part'
  | 'context'
  /** The part map's cursor. */
  | 'cursor'
  /** Time goes by while something waits. */
  | 'clock'
  /** Which of the panels with tabs can be seen. */
  | 'tab'
  | 'theme'
  | 'size';

export interface Frames {
  /** `draw` runs in the next frame after one of the topics was touched; now is a frame's time. */
  readonly on: (topics: ReadonlyArray<Topic>, draw: (nowMs: number) => void) => void;
  readonly touch: (topic: Topic) => void;
}

/** @param ask  The browser's `requestAnimationFrame`, or a test's. */
export const createFrames = (ask: (frame: (nowMs: number) => void) => unknown): Frames => {
  const drawings: Array<{
    readonly topics: ReadonlyArray<Topic>;
    readonly draw: (nowMs: number) => void;
  }> = [];
  const dirty = new Set<Topic>();

  const frame = (nowMs: number): void => {
    const touched = new Set(dirty);
    dirty.clear();
    for (const { topics, draw } of drawings) {
      if (topics.some((topic) => touched.has(topic))) draw(nowMs);
    }
  };

  return {
    on: (topics, draw) => drawings.push({ topics, draw }),
    touch: (topic) => {
      if (dirty.size === 0) ask(frame);
      dirty.add(topic);
    },
  };
};
