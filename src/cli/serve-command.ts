/** `partwise serve`: an OSS server on this computer, to try things with. */
import { E } from '../fp.ts';
import type { DownloadError, ErrorOf } from '../index.ts';
import { DEMO_ACCOUNT, type OssServer, startOssServer } from '../testing/index.ts';
import { exitCodeOfSignal } from './exit-codes.ts';
import type { Io } from './output.ts';
import { decodeWhole, refuse } from './refuse.ts';
import { untilSignal } from './signals.ts';
import { tellFailure } from './tell-failure.ts';

/** What was asked of `serve`. */
export interface ServeRequest {
  /** Null: synthetic objects only. */
  readonly folder: string | null;
  readonly flags: { readonly port?: string; readonly anonymous?: true };
}

/** Serves until a signal. Returns the exit code. */
export const serveCommand = async (
  { folder, flags }: ServeRequest,
  command: string,
  io: Io,
): Promise<number> => {
  const port = decodePort(flags.port);
  if (E.isLeft(port)) return tellFailure(port.left, false, { json: false, io });
  const signal = untilSignal();
  const started = await startServer({
    port: port.right,
    synthetic: true,
    anonymousRead: flags.anonymous ?? false,
    ...(folder === null ? {} : { folder }),
  });
  if (E.isLeft(started)) return tellFailure(started.left, false, { json: false, io });
  const server = started.right;
  io.stdout.text(introduction(server, { folder, command, isAnonymous: flags.anonymous ?? false }));
  const received = await signal;
  await server.close();
  return exitCodeOfSignal(received);
};

const decodePort = (text: string | undefined): E.Either<ErrorOf<'UsageError'>, number> => {
  const port = decodeWhole('--port', text, 'from 0 to 65535');
  if (E.isLeft(port)) return port;
  const number = port.right ?? 0;
  return number > 65_535
    ? refuse('--port', String(number), 'a whole number, from 0 to 65535')
    : E.right(number);
};

type ServerOptions = NonNullable<Parameters<typeof startOssServer>[0]>;

const startServer = async (options: ServerOptions): Promise<E.Either<DownloadError, OssServer>> => {
  try {
    return E.right(await startOssServer(options));
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : null;
    if (code === null) throw thrown;
    if (thrown instanceof Error && 'syscall' in thrown && thrown.syscall === 'listen') {
      return refuse('--port', String(options.port), `a free port (${code})`);
    }
    return E.left({ _tag: 'DiskFailed', code, operation: 'serve', path: options.folder ?? '' });
  }
};

interface Introduction {
  readonly folder: string | null;
  readonly command: string;
  readonly isAnonymous: boolean;
}

const introduction = (
  { url }: OssServer,
  { folder, command, isAnonymous }: Introduction,
): string => {
  const get = `${command} get oss://demo/synthetic/7/200MB object.bin --endpoint ${url}`;
  const files = folder === null ? '' : `\nFiles: ${folder}/BUCKET/KEY is oss://BUCKET/KEY.`;
  const open = isAnonymous
    ? `\nWithout credentials:\n\n  ${get} --anonymous\n  curl -O ${url}/demo/synthetic/7/200MB\n`
    : '';
  return `An OSS server on this computer: ${url} (Ctrl-C ends it).
Objects: oss://ANY-BUCKET/synthetic/SEED/SIZE, such as oss://demo/synthetic/7/200MB.${files}

In another shell:

  export OSS_ACCESS_KEY_ID=${DEMO_ACCOUNT.accessKeyId}
  export OSS_ACCESS_KEY_SECRET=${DEMO_ACCOUNT.accessKeySecret}
  ${get}
${open}`;
};
