/**
 * An OSS server in this process, on 127.0.0.1: for tests, for `partwise serve` and for the demo.
 *
 * It answers GET and HEAD of objects as OSS does, and it can do so wrongly: see `fault-rules.ts`.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { liveClock } from '../../effects/clock.ts';
import { loadCrc64 } from '../../effects/crc64.ts';
import { folderObjects } from './folder-objects.ts';
import { answerRequest } from './oss-server-exchange.ts';
import type { ServerParts } from './oss-server-respond.ts';
import { type OssControls, type OssServiceOptions, ossService } from './oss-service.ts';

export { DEMO_ACCOUNT, type InitialObject } from './oss-service.ts';

export interface OssServerOptions extends OssServiceOptions {
  /** Default: 0, the system chooses. */
  readonly port?: number;
  /** Files in `FOLDER/BUCKET/KEY` are objects. It has to exist. Default: none. */
  readonly folder?: string;
  /** Milliseconds since 1970, for signatures and dates. Default: the host's clock. */
  readonly clock?: () => number;
}

export interface OssServer extends OssControls {
  /** `http://127.0.0.1:PORT`, without slash: an endpoint for path style. */
  readonly url: string;
  /** `http://localhost:PORT`: an endpoint for virtual-host style, where `*.localhost` resolves. */
  readonly virtualHostUrl: string;
  readonly port: number;
  readonly host: string;
  /** Destroys open connections and stops. */
  readonly close: () => Promise<void>;
}

const HOST = '127.0.0.1';

/**
 * Starts a server, which the caller has to close.
 *
 * Rejects when the port is taken or the folder does not exist.
 *
 * @example
 * const server = await startOssServer({ synthetic: true, anonymousRead: true });
 * await fetch(`${server.url}/demo/synthetic/7/200MB`);
 * await server.close();
 */
export const startOssServer = async (options: OssServerOptions = {}): Promise<OssServer> => {
  const crc64Of = await loadCrc64();
  const folder = options.folder === undefined ? null : await folderObjects(options.folder, crc64Of);
  const wallTime = options.clock ?? liveClock.wallTime;
  const effects = { crc64Of, folder, wallTime, now: liveClock.now };
  const { parts, controls } = ossService(options, effects);
  return { ...controls, ...(await listen(options.port ?? 0, parts)) };
};

/** Longer than any client keeps an idle connection, so that the client is the one to close. */
const KEEP_ALIVE_MS = 120_000;

const listen = async (
  port: number,
  parts: ServerParts,
): Promise<Pick<OssServer, 'url' | 'virtualHostUrl' | 'port' | 'host' | 'close'>> => {
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    // Rejects only for a bug, here or in a fault rule: the process is told, the client sees a cut.
    answerRequest(parts, request, response).finally(() => {
      if (!response.writableEnded) response.destroy();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, HOST, resolve);
  });
  const bound = (server.address() as AddressInfo).port;
  return {
    url: `http://${HOST}:${bound}`,
    virtualHostUrl: `http://localhost:${bound}`,
    port: bound,
    host: HOST,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
