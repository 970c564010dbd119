/**
 * Is what stands under the part file's name still what was written? Cleaners and people reach it
 * while a download runs, and what they do to it no write of ours notices.
 */
import type { DownloadError } from '../domain/errors.ts';
import type { FileFacts } from '../effects/file-system.ts';
import { E, pipe, TE } from '../fp.ts';
import { verifyPart } from './verify-part.ts';
import { finalSize, type Workspace } from './workspace.ts';

/** Facts of the open file; Left `DiskFailed` when its name is gone or leads to another file. */
export const checkName = ({
  effects,
  file,
  filePath,
}: Pick<Workspace, 'effects' | 'file' | 'filePath'>): TE.TaskEither<DownloadError, FileFacts> =>
  pipe(
    effects.files.facts(filePath),
    TE.flatMap((named) =>
      pipe(
        file.facts(),
        TE.flatMap((opened): TE.TaskEither<DownloadError, FileFacts> => {
          if (named?.identity === opened.identity) return TE.right(opened);
          const code = named === null ? 'ENOENT' : 'ESTALE';
          return TE.left({
            _tag: 'DiskFailed',
            code,
            operation: 'find the part file',
            path: filePath,
          });
        }),
      ),
    ),
  );

/**
 * Right false: bytes that were written are not there any more, and their parts are forgotten.
 *
 * A file that was cut has lost length, or, where later bytes were written behind the cut, room on
 * the disk: then everything is read back. File systems that compress always look like that, and
 * pay one more reading. A tail that somebody appended is cut off.
 */
export const checkBytes = async (
  workspace: Workspace,
  signal: AbortSignal,
): Promise<E.Either<DownloadError, boolean>> => {
  const { file, plan, ledger } = workspace;
  const facts = await checkName(workspace)();
  if (E.isLeft(facts)) return facts;
  const size = finalSize(workspace);
  if (facts.right.size > size) {
    const cut = await file.resize(size)();
    if (E.isLeft(cut)) return cut;
  }
  if (facts.right.size >= size && facts.right.allocated >= size) return E.right(true);
  let isIntact = true;
  for (let part = 1; part <= plan.partCount; part++) {
    ledger.doubt(part);
    const verified = await verifyPart(workspace, part, signal);
    if (E.isLeft(verified)) return verified;
    isIntact &&= verified.right;
  }
  return E.right(isIntact);
};
