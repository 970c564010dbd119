/** The little of XML that a picture needs. */

type Attributes = Readonly<Record<string, string | number>>;

/** An element with elements in it, one a line; of its text see `textElement`. */
export const element = (
  name: string,
  attributes: Attributes,
  children: ReadonlyArray<string> = [],
): string =>
  children.length === 0
    ? `<${name}${written(attributes)}/>`
    : [`<${name}${written(attributes)}>`, ...children, `</${name}>`].join('\n');

/** An element with text in it. */
export const textElement = (name: string, attributes: Attributes, text: string): string =>
  `<${name}${written(attributes)}>${escaped(text)}</${name}>`;

const written = (attributes: Attributes): string =>
  Object.entries(attributes)
    .map(([name, value]) => ` ${name}="${escaped(String(rounded(value)))}"`)
    .join('');

/** Tenths of a pixel are fine enough, and make for short files. */
const rounded = (value: string | number): string | number =>
  typeof value === 'number' ? Math.round(value * 10) / 10 : value;

const escaped = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
