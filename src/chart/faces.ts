/** The sizes that drawing and layout have to agree on. */
import type { Face } from './text-width.ts';

export const TITLE: Face = { size: 13, isBold: true };
export const LINE: Face = { size: 11 };

/** From one baseline to the next, in pixels. */
export const LINE_HEIGHT = 15;
/** From the upper edge of a box to the end of its name. */
export const TITLE_HEIGHT = 26;
/** Between a box and what is in it. */
export const PADDING = 10;
/** Longer lines, in characters, are broken where words allow: beside arrows, and in boxes. */
export const LABEL_COLUMNS = 24;
export const BOX_COLUMNS = 34;
