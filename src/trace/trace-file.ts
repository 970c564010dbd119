/** A file as the place of a trace. Not an effect of a download: that works without it. */
import { type FileHandle, open } from 'node:fs/promises';
import type { TE } from '../fp.ts';
import { E } from '../fp.ts';
import type { TraceFailure, TraceSink } from './write-trace.ts';

/**
 * Creates the file, or empties the one that is there. Only its owner may read it.
 *
 * Errors: `DiskFailed`, with the code that Node gives, such as ENOENT or EACCES.
 */
export const openTraceFile =
  (path: string): TE.TaskEither<TraceFailure, TraceSink> =>
  async () => {
    const opened = await attempt('create', path, () => open(path, 'w', 0o600));
    return E.isLeft(opened) ? opened : E.right(sinkOf(opened.right, path));
  };

const sinkOf = (file: FileHandle, path: string): TraceSink => ({
  append: (text) => () => attempt('write', path, () => file.appendFile(text)),
  close: () => attempt('close', path, () => file.close()),
});

const attempt = async <A>(
  operation: string,
  path: string,
  run: () => Promise<A>,
): Promise<E.Either<TraceFailure, A>> => {
  try {
    return E.right(await run());
  } catch (thrown) {
    const isCoded = thrown instanceof Error && 'code' in thrown;
    const code = isCoded ? String(thrown.code) : 'UNKNOWN';
    return E.left({ _tag: 'DiskFailed', code, operation, path });
  }
};
