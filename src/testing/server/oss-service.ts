/** An OSS with its objects, accounts and faults, before anything carries requests to it. */
import type { Crc64Of } from '../../effects/crc64.ts';
import { type FaultOrRule, firstOf } from './fault-rules.ts';
import type { FolderObjects } from './folder-objects.ts';
import { objectCatalog } from './object-catalog.ts';
import { isBucketName } from './oss-server-address.ts';
import type { Account } from './oss-server-auth.ts';
import type { ServerParts } from './oss-server-respond.ts';
import { type LoggedRequest, requestLog } from './request-log.ts';
import type { ObjectContent, PutOptions, StoredObject } from './stored-object.ts';

/** The account of a server that is given none. */
export const DEMO_ACCOUNT: Account = {
  accessKeyId: 'partwise-demo',
  accessKeySecret: 'partwise-demo-secret',
};

/** An object the server has from the start. */
export interface InitialObject {
  readonly bucket: string;
  readonly key: string;
  readonly content: ObjectContent;
  readonly options?: PutOptions;
}

export interface OssServiceOptions {
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
  /** Told of each answer that is complete or whose connection closed. */
  readonly onEnd?: (request: LoggedRequest) => void;
}

/** What can be done to an OSS while it answers. */
export interface OssControls {
  /** Stores an object; its content is not to be written to afterwards. */
  readonly put: (
    bucket: string,
    key: string,
    content: ObjectContent,
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
}

/** What an OSS is made of besides its options. */
export interface OssServiceEffects {
  readonly crc64Of: Crc64Of;
  /** Files as objects; null: none. */
  readonly folder: FolderObjects | null;
  /** Milliseconds since 1970, for signatures and dates. */
  readonly wallTime: () => number;
  /** Milliseconds on a clock that only goes forward. */
  readonly now: () => number;
}

/** Throws `RangeError` for an initial object whose bucket or key cannot be. */
export const ossService = (
  options: OssServiceOptions,
  { crc64Of, folder, wallTime, now }: OssServiceEffects,
): { readonly parts: ServerParts; readonly controls: OssControls } => {
  const isSynthetic = options.synthetic ?? false;
  const catalog = objectCatalog({ folder, isSynthetic, crc64Of, clock: wallTime });
  const log = requestLog();
  let faultRule = firstOf(options.faults ?? []);
  let accounts = options.accounts ?? [DEMO_ACCOUNT];
  const put: OssControls['put'] = (bucket, key, content, putOptions) => {
    if (!isBucketName(bucket) || key === '') throw new RangeError(`no object: ${bucket}/${key}`);
    return catalog.put(bucket, key, content, putOptions);
  };
  for (const initial of options.objects ?? []) {
    put(initial.bucket, initial.key, initial.content, initial.options);
  }
  const parts: ServerParts = {
    catalog,
    log,
    faultRule: () => faultRule,
    answerRules: () => ({
      accounts,
      anonymousRead: options.anonymousRead ?? false,
      region: options.region ?? null,
      requesterPays: options.requesterPays ?? [],
      now: wallTime(),
    }),
    customDomains: options.cname ?? {},
    isGzipping: options.gzip ?? false,
    now,
    onEnd: options.onEnd ?? (() => {}),
  };
  const controls: OssControls = {
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
  return { parts, controls };
};
