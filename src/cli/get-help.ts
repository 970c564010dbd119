/** What `partwise get --help` lists. */
import type { Command } from 'commander';

type Row = readonly [flags: string, meaning: string];

const PLACE: ReadonlyArray<Row> = [
  ['--endpoint <url>', "host or URL of the service (default: the region's)"],
  ['--region <name>', 'such as cn-hangzhou (default: the one the endpoint names)'],
  ['--internal', "the region's internal endpoint, from inside Alibaba Cloud"],
  ['--accelerate', 'the transfer acceleration endpoint'],
  ['--path-style', 'HOST/BUCKET/KEY instead of BUCKET.HOST/KEY'],
  ['--cname', "the endpoint is a domain of the bucket's own"],
  ['--anonymous', 'do not sign requests: the object is public'],
  ['--version-id <id>', 'a version of a versioned object (default: the current one)'],
  ['--request-payer', 'pay for a bucket whose readers pay'],
  ['--traffic-limit <bits>', 'bits per second and connection, 819200 to 838860800'],
];

const TRANSFER: ReadonlyArray<Row> = [
  ['--part-size <size>', '100KB to 5GiB, or auto (default: auto, 8MiB)'],
  ['--concurrency <n>', 'parts in flight, 1 to 256, or auto (default: auto, 8)'],
  ['--threshold <size>', 'smaller objects take one request, unresumable (default: 8MiB)'],
  ['--retries <n>', 'failures in a row before giving up, 0 to 1000 (default: 7)'],
  ['--timeout <seconds>', 'silence before a request is retried, 1 to 86400 (default: 30)'],
  ['--store <dir>', 'folder for journals (default: PARTWISE_STORE, or ~/.partwise)'],
  ['--import-from <dir>', 'go on from what the Python SDK left: its ~/.py-oss-download'],
  ['--no-verify', "do not compare the file's CRC-64 with the server's"],
];

const FILE: ReadonlyArray<Row> = [
  ['--if-exists <what>', 'a file called like TARGET: overwrite it, or fail (default: overwrite)'],
  ['--verify-on-resume <when>', 'reread what is on disk: always, after-boot, never (always)'],
  ['--durability <how>', 'full, or none: no syncs, a power cut may cost all (default: full)'],
  ['--mode <octal>', 'permissions of the file, such as 644'],
  ['--preserve-mtime', "give the file the server's date"],
];

const REPORT: ReadonlyArray<Row> = [
  ['--json', 'print one JSON object per line on stdout, for programs'],
  ['--quiet', 'print nothing but errors'],
];

const LOOK: ReadonlyArray<Row> = [
  ['--watch', 'show parts and states in the terminal; needs one, else as without'],
  ['--inspect [port]', 'show all in a browser here (default: a free port); or stately'],
  ['--trace <file>', 'record all that happens, without secrets: for bug reports'],
];

/** Adds the options of `get`, in groups. */
export const addGetOptions = (get: Command): Command => {
  addAll(get.optionsGroup('Where an oss:// object is:'), PLACE);
  get
    .optionsGroup('How an http(s) URL is asked for:')
    .option('--header <name:value>', 'a header to send; may be repeated', appended, []);
  addAll(get.optionsGroup('How to download:'), TRANSFER);
  addAll(get.optionsGroup('The file:'), FILE);
  addAll(get.optionsGroup('Looking on:'), LOOK);
  return addAll(get.optionsGroup('What to print:'), REPORT);
};

/** What stands below the options. */
export const ENVIRONMENT_HELP = `
Sizes: 100KB is 100000 bytes; 100KiB and 100K are 102400.

Environment:
  OSS_ACCESS_KEY_ID, OSS_ACCESS_KEY_SECRET  who asks; needed for oss:// without --anonymous
  OSS_SESSION_TOKEN                         belongs to temporary (STS) credentials
  OSS_REGION                                where neither --region nor --endpoint names one
  OSS_ENDPOINT                              without --endpoint, --internal and --accelerate
  PARTWISE_STORE                            without --store
  HTTPS_PROXY, HTTP_PROXY, NO_PROXY         proxies; this computer is always asked directly

Exit codes:
  0 done   1 defect   2 usage   3 the server refuses   4 integrity   5 local disk
  6 network, gave up   7 another process owns it   8 the object changed
  130 SIGINT   143 SIGTERM
After 130, 143 and most others the same command resumes.`;

const addAll = (command: Command, rows: ReadonlyArray<Row>): Command => {
  for (const [flags, meaning] of rows) command.option(flags, meaning);
  return command;
};

const appended = (value: string, before: ReadonlyArray<string>): ReadonlyArray<string> => [
  ...before,
  value,
];
