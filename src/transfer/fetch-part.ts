/** Fetching what a part still lacks: from the network to its place in the part file. */
import { afterFirst, lengthOf } from '../domain/byte-range.ts';
import type { Bytes } from '../domain/bytes.ts';
import type { DownloadError } from '../domain/errors.ts';
import { type PartNumber, rangeOfPart } from '../domain/plan.ts';
import type { BodySink } from '../effects/http-client.ts';
import type { ObjectStorage } from '../effects/object-storage.ts';
import { E } from '../fp.ts';
import { asDiskFull } from './disk-full.ts';
import { BATCH_LENGTH, type PartWriter, partWriter } from './part-writer.ts';
import { isWhole, type Workspace } from './workspace.ts';

/**
 * Fetches a part from its last written byte on.
 *
 * On completion nothing is in flight and all that was received is written, also when it failed:
 * the next attempt goes on behind it. A server without ranges starts the part over.
 *
 * @param onFlowing Called at the first byte of an answer that was found good, and at the first one
 *   that is new where that is another one: `isRepeated` says that the bytes were there before.
 */
export const fetchPart = async (
  workspace: Workspace,
  storage: ObjectStorage,
  part: PartNumber,
  onFlowing: (isRepeated: boolean) => void,
  signal: AbortSignal,
): Promise<E.Either<DownloadError, void>> => {
  const { plan, version, ledger, pace, effects } = workspace;
  if (isWhole(workspace, part)) return E.right(undefined);
  if (!plan.acceptsRanges || plan.size === null) ledger.startOver(part);
  const done = ledger.factOf(part).length;
  const range = afterFirst(rangeOfPart(plan, part), done);
  const request = { range, version, isWhole: plan.strategy === 'single' && done === 0 };

  const writer = writerFor(workspace, part, range.start);
  const close = workspace.writers.add(writer);
  pace.began(part, effects.clock.now());
  const fetched = await storage.fetchRange(
    request,
    meteredSink(workspace, part, writer, onFlowing),
    signal,
  )();
  const finished = await writer.flush();
  close();
  pace.ended(part, effects.clock.now());
  ledger.dropUnwritten(part);
  if (E.isLeft(finished)) return E.left(asDiskFull(workspace, finished.left));
  if (E.isLeft(fetched)) return E.left(asDiskFull(workspace, fetched.left));
  return plan.size === null || isWhole(workspace, part)
    ? E.right(undefined)
    : E.left({
        _tag: 'AnswerCut',
        expected: lengthOf(range),
        received: fetched.right,
        requestId: null,
      });
};

const writerFor = (workspace: Workspace, part: PartNumber, position: Bytes): PartWriter => {
  const { file, ledger, crc64Of, mayWrite, written, effects } = workspace;
  const { batchLength = BATCH_LENGTH } = effects;
  const onWritten = () => written.notify();
  return partWriter({ file, ledger, crc64Of, part, position, batchLength, mayWrite, onWritten });
};

const meteredSink = (
  { ledger, pace, effects }: Workspace,
  part: PartNumber,
  writer: PartWriter,
  onFlowing: (isRepeated: boolean) => void,
): BodySink => {
  const furthest = ledger.furthestOf(part);
  let position: number = ledger.factOf(part).length;
  let told: 'nothing' | 'repeated' | 'new' = 'nothing';
  return {
    write: (chunk) => {
      position += chunk.length;
      const now = position > furthest ? 'new' : 'repeated';
      if (now !== told) onFlowing(now === 'repeated');
      told = now;
      pace.received(part, chunk.length, effects.clock.now());
      return writer.write(chunk);
    },
  };
};
