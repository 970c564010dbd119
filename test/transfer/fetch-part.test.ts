/** What a part's request says of its bytes: whether they are new, or came before. */
import { describe, expect, test } from 'vitest';
import { bytes } from '../../src/domain/bytes.ts';
import type { DownloadError } from '../../src/domain/errors.ts';
import { type Plan, planDownload } from '../../src/domain/plan.ts';
import { E } from '../../src/fp.ts';
import { simulatedStorage } from '../../src/testing/simulation/simulated-storage.ts';
import { fetchPart } from '../../src/transfer/fetch-part.ts';
import { CONTENT, crc64Of, makeScene, NEVER, PLAN, VERSION } from './workspace-scene.ts';

const RESET: DownloadError = { _tag: 'NetworkFailed', code: 'ECONNRESET', message: 'reset' };
const WISHES = { partSize: bytes(4), threshold: bytes(0) };
const WITHOUT_RANGES = planDownload(VERSION, false, WISHES);
const WITHOUT_SIZE = planDownload({ ...VERSION, size: null, crc64: null }, false, WISHES);

/** Requests for part 1 that are cut after so many bytes; null: it ends well. One byte a chunk. */
const fetchCut = async (plan: Plan, cuts: ReadonlyArray<number | null>) => {
  const { workspace } = await makeScene().open({ plan });
  const storage = simulatedStorage({
    content: CONTENT,
    crc64Of,
    chunkLength: 1,
    faultOf: (request) => {
      const after = cuts[request - 1] ?? null;
      return after === null ? null : { after, error: RESET };
    },
  });
  const told: Array<ReadonlyArray<string>> = [];
  const positions: Array<number> = [];
  for (const _ of cuts) {
    const flow: Array<string> = [];
    const onFlowing = (isRepeated: boolean) => flow.push(isRepeated ? 'repeated' : 'new');
    const fetched = await fetchPart(workspace, storage, 1, onFlowing, NEVER);
    if (E.isLeft(fetched)) expect(fetched.left).toEqual(RESET);
    told.push(flow);
    positions.push(workspace.ledger.factOf(1).length);
  }
  return { told, positions, starts: storage.asked().map(({ start }) => start) };
};

describe('fetchPart', () => {
  test('goes on behind its bytes where it can: each first byte is new', async () => {
    const { told, starts } = await fetchCut(PLAN, [1, 0, 2, null]);
    expect(starts).toEqual([0, 1, 1, 3]);
    expect(told).toEqual([['new'], [], ['new'], ['new']]);
  });

  test('starts over where it cannot, and says of bytes that came before that they did', async () => {
    const { told, starts, positions } = await fetchCut(WITHOUT_RANGES, [5, 5, 3, 0, 6, null]);
    expect(starts).toEqual([0, 0, 0, 0, 0, 0]);
    expect(positions).toEqual([5, 5, 3, 0, 6, 10]);
    expect(told).toEqual([
      ['new'],
      ['repeated'],
      ['repeated'],
      [],
      ['repeated', 'new'],
      ['repeated', 'new'],
    ]);
  });

  test('does so for an object of unknown length, too', async () => {
    const { told } = await fetchCut(WITHOUT_SIZE, [5, 5, 7]);
    expect(told).toEqual([['new'], ['repeated'], ['repeated', 'new']]);
  });
});
