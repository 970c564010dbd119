/** Colours for canvases: the style sheet's custom properties, as the theme gives them now. */

/** The value of a custom property such as `--part-flowing`, as `rgb(…)`. */
export const colourOf = (name: string): string => {
  const known = cache.get(name);
  if (known !== undefined) return known;
  const probe = document.createElement('span');
  probe.hidden = true;
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  cache.set(name, color);
  return color;
};

/** Another theme: what was read before is void. */
export const forgetColours = (): void => cache.clear();

const cache = new Map<string, string>();
