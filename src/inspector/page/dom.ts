/** The few ways in which the page makes and finds elements. Text is always text, never markup. */

/** An element of `index.html`; its absence is a bug of the page. */
export const byId = <E extends Element = HTMLElement>(id: string): E => {
  const found = document.getElementById(id);
  if (found === null) throw new RangeError(`the page has no #${id}`);
  return found as Element as E;
};

export type Attributes = Readonly<Record<string, string | number | boolean>>;
export type Child = Node | string;

/** A new HTML element. An attribute that is `false` is left out, `true` is empty. */
export const element = <K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Attributes = {},
  ...children: ReadonlyArray<Child>
): HTMLElementTagNameMap[K] => {
  const made = document.createElement(name);
  dress(made, attributes);
  made.append(...children);
  return made;
};

/** A new SVG element. */
export const svg = <K extends keyof SVGElementTagNameMap>(
  name: K,
  attributes: Attributes = {},
  ...children: ReadonlyArray<Child>
): SVGElementTagNameMap[K] => {
  const made = document.createElementNS('http://www.w3.org/2000/svg', name);
  dress(made, attributes);
  made.append(...children);
  return made;
};

/** Writes only what differs: an unchanged text costs no layout and is not read out again. */
export const setText = (target: Element, text: string): void => {
  if (target.textContent !== text) target.textContent = text;
};

/** Shows or hides. */
export const setShown = (target: HTMLElement, isShown: boolean): void => {
  if (target.hidden === isShown) target.hidden = !isShown;
};

const dress = (target: Element, attributes: Attributes): void => {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false) target.setAttribute(name, value === true ? '' : String(value));
  }
};
