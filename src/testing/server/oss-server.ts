/**
 * An OSS server in this process, on 127.0.0.1: for tests, for `partwise serve` and for the demo.
 *
 * It answers GET and HEAD of objects as OSS does, and it can do so wrongly: see `fault-rules.ts`.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { liveClock } from '../../effects/clock.ts';
import { loadCrc64 } from '../../effects/crc64.ts';
import { type FaultOrRule, firstOf } from './fault-rules.ts';
import { folderObjects } from './folder-objects.ts';
import { objectCatalog } from './object-catalog.ts';
import { isBucketName } from './oss-server-address.ts';
import type { Account } from './oss-server-auth.ts';
import type { AnswerRules } from './oss-server-decide.ts';
import { answerRequest, type ServerParts } from './oss-server-exchange.ts';
import { type LoggedRequest, requestLog } from './request-log.ts';
import type { PutOptions, StoredObject } from './stored-object.ts';
import type { SyntheticObject } from './synthetic-object.ts';

/** The account of a server that is given none. */
export const DEMO_ACCOUNT: Account = {
  accessKeyId: 'partwise-demo',
  accessKeySecret: 'partwise-demo-secret',
};

/** An object the server has from the start. */
export interface InitialObject {
  readonly bucket: string;
  readonly key: string;
  readonly content: Uint8Array | SyntheticObject;
  readonly options?: PutOptions;
}

export interface OssServerOptions {
  /** Default: 0, the system chooses. */
  readonly port?: number;
  /** Files in `FOLDER/BUCKET/KEY` are objects. It has to exist. Default: none. */
  readonly folder?: string;
  readonly objects?: ReadonlyArray<InitialObject>;
  /** Keys `synthetic/SEED/SIZE` exist in every bucket, e.g. `synthetic/7/200MB`. Default: false. */
  readonly synthetic?: boolean;
  /** Default: `DEMO_ACCOUNT`. */
  readonly accounts?: ReadonlyArray<Account>;
  /** Unsigned requests are answered. Default: false. */
  readonly anonymousRead?: boolean;
  /** Signatures have to be scoped to it. Default: any region. */
  readonly region?: string;
  /** Buckets that want `x-oss-request-payer: requester`. Default: none. */
  readonly requesterPays?: ReadonlyArray<string>;
  /** From custom domain, without port, to bucket. Default: none. */
  readonly cname?: Readonly<Record<string, string>>;
  /** Whole objects are gzipped for clients that accept it. Default: false. */
  readonly gzip?: boolean;
  /** The first rule that gives a fault counts. Default: none. */
  readonly faults?: ReadonlyArray<FaultOrRule>;
  /** Milliseconds since 1970, for signatures and dates. Default: the host's clock. */
  readonly clock?: () => number;
  /** Told of each answer that is complete or whose connection closed. */
  readonly onEnd?: (request: LoggedRequest) => void;
}

export interface OssServer {
  /** `http://127.0.0.1:PORT`, without slash: an endpoint for path style. */
  readonly url: string;
  /** `http://localhost:PORT`: an endpoint for virtual-host style, where `*.localhost` resolves. */
  readonly virtualHostUrl: string;
  readonly port: number;
  readonly host: string;
  /** Stores an object; its content is not to be written to afterwards. */
  readonly put: (
    bucket: string,
    key: string,
    content: Uint8Array | SyntheticObject,
    options?: PutOptions,
  ) => StoredObject;
  /** Removes an object. One with versions gets a delete marker, whose id is returned. */
  readonly remove: (bucket: string, key: string) => string | null;
  /** Replaces all fault rules. */
  readonly setFaults: (rules: ReadonlyArray<FaultOrRule>) => void;
  /** Replaces all accounts, as when credentials are rotated. */
  readonly setAccounts: (accounts: ReadonlyArray<Account>) => void;
  /** What was asked so far, in order of arrival. */
  readonly requests: () => ReadonlyArray<LoggedRequest>;
  /** Forgets what was asked, and so the attempts that rules count. */
  readonly clearRequests: () => void;
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
  const clock = options.clock ?? liveClock.wallTime;
  const folder = options.folder === undefined ? null : await folderObjects(options.folder, crc64Of);
  const isSynthetic = options.synthetic ?? false;
  const catalog = objectCatalog({ folder, isSynthetic, crc64Of, clock });
  const log = requestLog();
  let faultRule = firstOf(options.faults ?? []);
  let accounts = options.accounts ?? [DEMO_ACCOUNT];
  const put: OssServer['put'] = (bucket, key, content, putOptions) => {
    if (!isBucketName(bucket) || key === '') throw new RangeError(`no object: ${bucket}/${key}`);
    return catalog.put(bucket, key, content, putOptions);
  };
  for (const initial of options.objects ?? []) {
    put(initial.bucket, initial.key, initial.content, initial.options);
  }
  const listening = await listen(options.port ?? 0, {
    catalog,
    log,
    faultRule: () => faultRule,
    answerRules: () => answerRules(options, accounts, clock()),
    customDomains: options.cname ?? {},
    isGzipping: options.gzip ?? false,
    onEnd: options.onEnd ?? (() => {}),
  });
  return {
    ...listening,
    put,
    remove: catalog.remove,
    setFaults: (rules) => {
      faultRule = firstOf(rules);
    },
    setAccounts: (next) => {
      accounts = next;
    },
    requests: log.entries,
    clearRequests: log.clear,
  };
};

const answerRules = (
  options: OssServerOptions,
  accounts: ReadonlyArray<Account>,
  now: number,
): AnswerRules => ({
  accounts,
  anonymousRead: options.anonymousRead ?? false,
  region: options.region ?? null,
  requesterPays: options.requesterPays ?? [],
  now,
});

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
