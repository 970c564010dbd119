/** Times, rates and shares: what is understood, and what is left to nobody's guess. */
import { describe, expect, test } from 'vitest';
import { decodePercent, decodeRate, decodeSpan } from '../../src/cli/simulate-units.ts';
import { E } from '../../src/fp.ts';

const refused = E.left({ _tag: 'UsageError' });

describe('decodeSpan', () => {
  test.each([
    ['80ms', 80],
    ['30s', 30_000],
    ['1.5 s', 1_500],
    ['15m', 900_000],
    ['15min', 900_000],
    ['6h', 21_600_000],
    ['1d', 86_400_000],
  ])('%s is %i ms', (text, ms) => {
    expect(decodeSpan('--rtt', text, 0)).toEqual(E.right(ms));
  });

  test.each(['80', 's', '-1s', '1e3s', '80 MS', '1h30m', '', '1toString'])('%j is none', (text) => {
    expect(decodeSpan('--rtt', text, 0)).toMatchObject(refused);
  });

  test('names the option, the value and the least it may be', () => {
    const error = { option: '--kill-every', value: '10ms', allowed: expect.stringContaining('1s') };
    expect(decodeSpan('--kill-every', '10ms', 1_000)).toEqual(
      E.left({ _tag: 'UsageError', ...error }),
    );
  });
});

describe('decodeRate', () => {
  test.each([
    ['200Mbit', 25e6],
    ['1Gbit/s', 125e6],
    ['512kbit', 64_000],
    ['25MB', 25e6],
    ['25MB/s', 25e6],
    ['8MiB', 2 ** 23],
  ])('%s is %i bytes a second', (text, rate) => {
    expect(decodeRate('--bandwidth', text)).toEqual(E.right(rate));
  });

  test.each(['200', '200Mb', '25mbit', '10bit', '0MB', '25MB/h', ''])('%j is none', (text) => {
    expect(decodeRate('--bandwidth', text)).toMatchObject(refused);
  });
});

describe('decodePercent', () => {
  test.each([
    ['2%', 0.02],
    ['0.1%', 0.001],
    ['0 %', 0],
  ])('%s is %d', (text, share) => {
    expect(decodePercent('--loss', text)).toEqual(E.right(share));
  });

  test.each(['2', '100%', '-1%', '0.02'])('%j is none', (text) => {
    expect(decodePercent('--loss', text)).toMatchObject(refused);
  });
});
