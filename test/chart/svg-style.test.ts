/** The colours of charts can be told apart, in light and in dark. */
import { describe, expect, test } from 'vitest';
import { STYLE } from '../../src/chart/svg-style.ts';

const [light = '', dark = ''] = STYLE.split('@media (prefers-color-scheme: dark)');

const colour = (scheme: string, name: string): string =>
  new RegExp(`--chart-${name}, (#[0-9a-f]{6})`).exec(scheme)?.[1] ?? '';

/** WCAG 2.2, relative luminance. */
const luminance = (hex: string): number => {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((start) => {
    const share = Number.parseInt(hex.slice(start, start + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};

const contrast = (a: string, b: string): number => {
  const [darker = 0, lighter = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (lighter + 0.05) / (darker + 0.05);
};

describe.each([
  ['light', light],
  ['dark', dark],
])('the colours of a chart in %s', (_, scheme) => {
  test.each([
    ['ink', 'paper'],
    ['ink', 'box'],
    ['ink', 'active-box'],
    ['quiet', 'paper'],
    ['quiet', 'box'],
    ['quiet', 'active-box'],
    ['took', 'paper'],
  ])('%s on %s can be read', (text, ground) => {
    expect(contrast(colour(scheme, text), colour(scheme, ground))).toBeGreaterThanOrEqual(4.5);
  });

  test.each(['line', 'edge', 'active', 'took'])('a line in %s can be seen', (line) => {
    expect(contrast(colour(scheme, line), colour(scheme, 'paper'))).toBeGreaterThanOrEqual(3);
  });

  test('are all of one set', () => {
    const names = (text: string) =>
      [...text.matchAll(/var\((--chart-[\w-]+),/g)].map((it) => it[1]);
    expect(names(scheme)).toEqual(names(light));
  });
});
