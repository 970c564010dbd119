/**
 * A process that downloads when it is told to, with the built library whose folder is its first
 * argument, and that says which files it wrote to, from when to when.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const dist = process.argv[2] ?? '';
const load = (name) => import(pathToFileURL(join(dist, name)).href);
const { ossObject, startDownload, staticCredentials, sourceLabel } = await load('index.js');
const { liveEffects } = await load('live-effects.js');
const { sourceIdentity } = await load('domain/oss-source.js');
const { DEMO_ACCOUNT } = await load('testing/index.js');

const now = () => Number(process.hrtime.bigint() / 1000n);

/** Files that note which of them was written to, and when. */
const watched = (files, writes) => {
  const watch = (path, opening) => async () => {
    const opened = await opening();
    if (opened._tag === 'Left') return opened;
    const file = opened.right;
    const writeAt = (chunks, position) => async () => {
      const from = now();
      const written = await file.writeAt(chunks, position)();
      writes.push({ path, from, to: now() });
      return written;
    };
    return { ...opened, right: { ...file, writeAt } };
  };
  return {
    ...files,
    create: (path) => watch(path, files.create(path)),
    open: (path) => watch(path, files.open(path)),
  };
};

process.on('message', async ({ url, bucket, key, target, store, delayMs }) => {
  const writes = [];
  const source = ossObject({ endpoint: url, bucket, key });
  const credentials = staticCredentials(DEMO_ACCOUNT);
  const live = liveEffects({ source, credentials, store, silenceMsMax: 10_000 });
  await new Promise((resolve) => setTimeout(resolve, delayMs));
  const job = startDownload(
    { ...live, files: watched(live.files, writes) },
    {
      identity: sourceIdentity(source),
      label: sourceLabel(source),
      target,
      settings: {
        wishes: { partSize: 20_000, threshold: 0 },
        lanes: 2,
        retry: { attemptsMax: 1, delayMsFirst: 1, delayMsMax: 4 },
        silenceMsMax: 10_000,
        isDurable: true,
        verify: true,
        disk: { verifyOnResume: 'always', ifExists: 'overwrite', mode: null, modifiedTime: 'now' },
        seed: 1,
      },
    },
  );
  const ended = await job.done.then(
    () => ({ error: null }),
    (thrown) => ({ error: thrown.error ?? String(thrown) }),
  );
  await live.close();
  process.send({ ...ended, writes });
});
process.send('ready');
