/** The page's colours: text can be read in both themes, and states of parts can be told apart. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { PART_STATES } from '../../src/view/download-view.ts';

type Theme = 'light' | 'dark';
type Colour = readonly [number, number, number];
const THEMES: ReadonlyArray<Theme> = ['light', 'dark'];
const sheet = readFileSync('assets/page/style.css', 'utf8');

/** The custom properties of a theme; those that name another one are followed. */
const colourOf = (name: string, theme: Theme): Colour => {
  const [, value = ''] = new RegExp(`${name}: ([^;]+);`).exec(sheet) ?? [];
  const [, other] = /^var\((--[\w-]+)\)$/.exec(value) ?? [];
  if (other !== undefined) return colourOf(other, theme);
  const [, light = '', dark = ''] = /^light-dark\((#\w{6}), (#\w{6})\)$/.exec(value) ?? [];
  const hex = theme === 'light' ? light : dark;
  if (hex === '') throw new Error(`${name} is no pair of colours: ${value}`);
  return [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255) as never;
};

const toLinear = (value: number): number =>
  value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;

const luminance = (colour: Colour): number => {
  const [red, green, blue] = colour.map(toLinear) as never as Colour;
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};

/** WCAG 2.2, contrast ratio. */
const contrast = (left: Colour, right: Colour): number => {
  const [dark = 0, light = 0] = [luminance(left), luminance(right)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
};

/** Text, and every ground it stands on somewhere. */
const TEXTS: ReadonlyArray<readonly [string, ReadonlyArray<string>]> = [
  ['--text', ['--page', '--card', '--raised', '--chart-active-box']],
  ['--muted', ['--page', '--card', '--raised', '--chart-active-box']],
  ['--accent', ['--card', '--raised']],
  ['--bad', ['--page', '--card', '--raised']],
  ['--on-accent', ['--accent']],
  ['--on-tone', ['--busy', '--good', '--still', '--bad']],
  ['--page', ['--text']],
  ['--warn-text', ['--warn-ground']],
  ['--changed-text', ['--changed-ground']],
  ['--was-text', ['--changed-ground']],
  ['--chart-ink', ['--chart-box', '--chart-paper']],
  ['--chart-quiet', ['--chart-box', '--chart-paper']],
  ['--chart-took', ['--chart-box', '--chart-paper', '--chart-active-box']],
];

/** Lines and marks that mean something, and their grounds. */
const GRAPHICS: ReadonlyArray<readonly [string, ReadonlyArray<string>]> = [
  ['--edge', ['--card', '--raised']],
  ['--chart-line', ['--chart-paper']],
  ['--chart-active', ['--chart-paper', '--chart-active-box']],
  ['--chart-taken', ['--chart-paper']],
  ['--mark-requesting', ['--part-requesting']],
  ['--mark-flowing', ['--part-flowing']],
  ['--mark-backingOff', ['--part-backingOff']],
  ['--mark-awaitingAccess', ['--part-awaitingAccess']],
  ['--mark-verifying', ['--part-verifying']],
  ['--mark-damaged', ['--part-damaged']],
];

const tooFaint = (pairs: typeof TEXTS, least: number): ReadonlyArray<string> =>
  THEMES.flatMap((theme) =>
    pairs.flatMap(([front, grounds]) =>
      grounds.flatMap((ground) => {
        const ratio = contrast(colourOf(front, theme), colourOf(ground, theme));
        return ratio >= least ? [] : [`${theme}: ${front} on ${ground} ${ratio.toFixed(2)}`];
      }),
    ),
  );

/** How eyes that lack a kind of cone see linear colours: Viénot 1999; Brettel 1997 for tritan. */
const EYES: Readonly<Record<string, ReadonlyArray<Colour>>> = {
  all: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protan: [
    [0.11238, 0.88762, 0],
    [0.11238, 0.88762, 0],
    [0.00401, -0.00401, 1],
  ],
  deutan: [
    [0.29275, 0.70725, 0],
    [0.29275, 0.70725, 0],
    [-0.02234, 0.02234, 1],
  ],
  tritan: [
    [1.01277, 0.13548, -0.14826],
    [-0.01243, 0.86812, 0.14431],
    [0.07589, 0.805, 0.11911],
  ],
};

/** CIE L*a*b*, in which distances are about what people see; 2.3 can just be noticed. */
const seen = (colour: Colour, eye: string): Colour => {
  const linear = colour.map(toLinear);
  const [r = 0, g = 0, b = 0] = EYES[eye]!.map((row) =>
    Math.min(
      1,
      Math.max(
        0,
        row.reduce((sum, weight, at) => sum + weight * linear[at]!, 0),
      ),
    ),
  );
  const f = (t: number): number => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116);
  const x = f((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505);
  const y = f(0.2126 * r + 0.7152 * g + 0.0722 * b);
  const z = f((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
};

const DISTANCE_MIN = 12;

describe('the colours of the page', () => {
  test('give text a contrast of 4.5 on each of its grounds, light and dark', () => {
    expect(tooFaint(TEXTS, 4.5)).toEqual([]);
  });

  test('give lines and marks a contrast of 3', () => {
    expect(tooFaint(GRAPHICS, 3)).toEqual([]);
  });

  test('tell the states of parts apart, for every kind of eye', () => {
    const alike = THEMES.flatMap((theme) =>
      Object.keys(EYES).flatMap((eye) =>
        PART_STATES.flatMap((left, index) =>
          PART_STATES.slice(index + 1).flatMap((right) => {
            const [a, b] = [left, right].map((state) =>
              seen(colourOf(`--part-${state}`, theme), eye),
            ) as [Colour, Colour];
            const distance = Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
            return distance >= DISTANCE_MIN
              ? []
              : [`${theme}, ${eye}: ${left} and ${right} ${distance.toFixed(1)}`];
          }),
        ),
      ),
    );
    expect(alike).toEqual([]);
  });
});
