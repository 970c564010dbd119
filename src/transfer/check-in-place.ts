/**
 * Is the file that a former run renamed still the whole object? It has the target's name, so it is
 * the user's: it is only read. If it is not whole any more it is left alone, and the download
 * starts over beside it.
 */
import { lengthOf } from '../domain/byte-range.ts';
import type { DownloadError } from '../domain/errors.ts';
import { rangeOfPart } from '../domain/plan.ts';
import type { OpenFile } from '../effects/file-system.ts';
import { E } from '../fp.ts';
import type { Breakpoint, RecordedFact } from '../store/breakpoint.ts';
import { claimGuard } from './claim-guard.ts';
import type { ClaimedRequest } from './opening-request.ts';
import { rehash } from './rehash.ts';
import type { WorkspaceEffects } from './workspace.ts';

type Result<A> = Promise<E.Either<DownloadError, A>>;

/** @param isBelieved Is a fact taken for true without reading the bytes it speaks of? */
export const isWholeInPlace = async (
  effects: WorkspaceEffects,
  { target, claim }: ClaimedRequest,
  breakpoint: Breakpoint,
  isBelieved: (fact: RecordedFact) => boolean,
): Result<boolean> => {
  const opened = await effects.files.openToRead(target)();
  if (E.isLeft(opened)) return opened;
  const mayGoOn = claimGuard(claim, effects.clock);
  let isWhole: E.Either<DownloadError, boolean> = E.right(true);
  const { plan } = breakpoint.header;
  for (let part = 1; part <= plan.partCount && E.isRight(isWhole) && isWhole.right; part++) {
    const allowed = await mayGoOn();
    isWhole =
      allowed !== null && E.isLeft(allowed)
        ? allowed
        : await isPartWhole(effects, opened.right, breakpoint, part, isBelieved);
  }
  await opened.right.close()();
  return isWhole;
};

const isPartWhole = async (
  { loadCrc64 }: WorkspaceEffects,
  file: OpenFile,
  { header: { plan }, facts }: Breakpoint,
  part: number,
  isBelieved: (fact: RecordedFact) => boolean,
): Result<boolean> => {
  const range = rangeOfPart(plan, part);
  const fact = facts.get(part);
  if (fact === undefined || fact.length !== lengthOf(range)) return E.right(false);
  if (isBelieved(fact)) return E.right(true);
  const crc64Of = await loadCrc64();
  const actual = await rehash(file, range.start, fact.length, crc64Of, UNINTERRUPTED);
  return E.map((crc64) => crc64 === fact.crc64)(actual);
};

const UNINTERRUPTED = new AbortController().signal;
