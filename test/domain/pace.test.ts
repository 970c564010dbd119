/** Which requests are given up because their bytes stopped coming. */
import { describe, expect, test } from 'vitest';
import {
  findStalls,
  type LanePace,
  PACE_FRACTION_MIN,
  PACE_WINDOW_MS,
} from '../../src/domain/pace.ts';

const LIMITS = { silenceMsMax: 30_000 };

const NOW_MS = 100_000;
/** What the others bring, whichever lane asks. */
const USUAL = 1_000;
const usualFor = () => USUAL;

/** A lane that has been bringing bytes as fast as the others for a minute. */
const lane = (over: Partial<LanePace> = {}): LanePace => ({
  partNumber: 1,
  startedAtMs: NOW_MS - 60_000,
  lastByteAtMs: NOW_MS,
  bytesPerSecond: USUAL,
  ...over,
});
const stallsOf = (...lanes: ReadonlyArray<LanePace>) => findStalls(lanes, usualFor, NOW_MS, LIMITS);

describe('findStalls', () => {
  test('lanes at the pace of the others are left alone', () => {
    expect(stallsOf(lane(), lane({ partNumber: 2, bytesPerSecond: 10 * USUAL }))).toEqual([]);
    expect(stallsOf()).toEqual([]);
  });

  test('a lane is given up after 30 s without a byte, and not before', () => {
    const silent = { startedAtMs: 0, bytesPerSecond: USUAL };
    expect(stallsOf(lane({ ...silent, lastByteAtMs: NOW_MS - 29_999 }))).toEqual([]);
    expect(stallsOf(lane({ ...silent, lastByteAtMs: NOW_MS - 30_000 }))).toEqual([
      { partNumber: 1, error: { _tag: 'Stalled', cause: 'silence', silentMs: 30_000 } },
    ]);
  });

  test('a request that never brought a byte is silent from its start', () => {
    const startedAtMs = NOW_MS - 30_000;
    expect(stallsOf(lane({ startedAtMs, lastByteAtMs: startedAtMs }))).toMatchObject([
      { error: { cause: 'silence' } },
    ]);
  });

  test('a lane below a tenth of the pace of the others is given up', () => {
    expect(stallsOf(lane({ bytesPerSecond: USUAL * PACE_FRACTION_MIN }))).toEqual([]);
    const slow = lane({
      bytesPerSecond: USUAL * PACE_FRACTION_MIN - 1,
      lastByteAtMs: NOW_MS - 1.4,
    });
    expect(stallsOf(slow)).toEqual([
      { partNumber: 1, error: { _tag: 'Stalled', cause: 'lostPace', silentMs: 1 } },
    ]);
  });

  test('no lane is called slow before it was measured for ten seconds', () => {
    const slow = { bytesPerSecond: 1 };
    expect(stallsOf(lane({ ...slow, startedAtMs: NOW_MS - PACE_WINDOW_MS + 1 }))).toEqual([]);
    expect(stallsOf(lane({ ...slow, startedAtMs: NOW_MS - PACE_WINDOW_MS }))).toHaveLength(1);
  });

  test('where there are no others, slowness is no reason', () => {
    expect(findStalls([lane({ bytesPerSecond: 0 })], () => 0, NOW_MS, LIMITS)).toEqual([]);
  });

  test('each lane is compared with its own others', () => {
    const lanes = [lane({ bytesPerSecond: 1 }), lane({ partNumber: 2, bytesPerSecond: 1 })];
    const stalls = findStalls(lanes, (part) => (part === 1 ? 10 : 11), NOW_MS, LIMITS);
    expect(stalls.map(({ partNumber }) => partNumber)).toEqual([2]);
  });

  test('silence is reported as silence, even if the lane is slow too', () => {
    const dead = lane({ bytesPerSecond: 0, lastByteAtMs: 0 });
    expect(stallsOf(dead)).toMatchObject([{ error: { cause: 'silence', silentMs: NOW_MS } }]);
  });

  test('each lane is judged by itself', () => {
    const lanes = [lane(), lane({ partNumber: 2, lastByteAtMs: 0 }), lane({ partNumber: 3 })];
    expect(stallsOf(...lanes).map(({ partNumber }) => partNumber)).toEqual([2]);
  });

  test('the silence that is allowed is the one that was chosen', () => {
    const quiet = lane({ lastByteAtMs: NOW_MS - 1_000 });
    expect(findStalls([quiet], usualFor, NOW_MS, { silenceMsMax: 1_000 })).toHaveLength(1);
    expect(findStalls([quiet], usualFor, NOW_MS, { silenceMsMax: 1_001 })).toEqual([]);
  });
});
