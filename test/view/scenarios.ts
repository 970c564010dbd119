/** Downloads that go through what a download can go through, each traced from end to end. */
import { bytes } from '../../src/domain/bytes.ts';
import { TE } from '../../src/fp.ts';
import type { DownloadEffects } from '../../src/machines/provide-effects.ts';
import { httpUrl } from '../../src/sources.ts';
import type { Download } from '../../src/start-download.ts';
import {
  type FaultRule,
  fault,
  firstAttempts,
  once,
  rangeContains,
  whenPart,
} from '../../src/testing/index.ts';
import { flipBit, halfDone, partFileOf } from '../acceptance/durable-tools.ts';
import { startPlainServer } from '../acceptance/plain-server.ts';
import { contentOf, setScene } from '../acceptance/scene.ts';
import { type TracedOptions, type TracedRun, tracedRun } from './traced-run.ts';

/** What a test adds: a look behind every record. */
export type Look = Pick<TracedOptions, 'look'>;

/** By what happens in it. */
export const SCENARIOS: Readonly<Record<string, (look: Look) => Promise<TracedRun>>> = {
  'ten parts': async (look) => tracedRun(await setScene(), look),
  'every request fails once': (look) => withFaults([firstAttempts(1, fault.reset)], look),
  'a refusal ends it': (look) => withFaults([whenPart(PART_6, fault.refuse(403, 'No'))], look),
  'the object changes': (look) =>
    withFaults([once(whenPart(PART_6, fault.changeObject(contentOf(10_000, 2))))], look),
  'a wrong byte in transit': (look) =>
    withFaults([once(rangeContains(4_500, fault.flipByte(4_500)))], look),
  'a wrong byte on disk': async (look) => damagedWhileRunning(look),
  'half of it was there': async (look) => tracedRun(await halfDone(), look),
  'half of it was there, two parts damaged': async (look) => {
    const scene = await halfDone();
    const path = await partFileOf(scene);
    await flipBit(path, 1_500);
    await flipBit(path, 3_500);
    return tracedRun(scene, look);
  },
  'one request': async (look) => tracedRun(await setScene(), { ...look, threshold: 20_000 }),
  'one request that fails': (look) =>
    withFaults([fault.cutAfter(5_000)], { ...look, threshold: 20_000, attemptsMax: 1 }),
  'nothing to fetch': async (look) => tracedRun(await setScene({ content: contentOf(0) }), look),
  'an unknown size': async (look) => {
    const content = contentOf(10_000);
    const { url } = await startPlainServer({ content, hasRanges: false, hasLength: false });
    return tracedRun(await setScene(), { ...look, source: httpUrl(url) });
  },
  'a pause half way': (look) => commanded(look, (job) => pauseAndResume(job)),
  'a cancel that keeps': (look) => commanded(look, (job) => job.cancel({ keep: true })),
  'a cancel that keeps nothing': (look) => commanded(look, (job) => job.cancel()),
  'a pause while planning': async (look) =>
    tracedRun(await setScene(), { ...look, begun: pauseAndResume }),
  'a full disk': async (look) => {
    const begun = (job: Download) => void job.on('paused', () => setImmediate(job.resume));
    return tracedRun(await setScene(), { ...look, change: fullAtFirst, begun });
  },
  'a full disk, and then a cancel': async (look) => {
    const begun = (job: Download) => void job.on('paused', () => setImmediate(job.cancel));
    return tracedRun(await setScene(), { ...look, change: fullAtFirst, begun });
  },
  'access that runs out': async (look) => {
    const scene = await setScene({ server: { accounts: [accountOf(0)] } });
    let round = 0;
    const rotate: FaultRule = ({ method, range }) => {
      if (method === 'GET' && range?.start === 5_000) scene.server.setAccounts([accountOf(1)]);
      return null;
    };
    scene.server.setFaults([rotate]);
    const credentials = async (reason: 'request' | 'refresh') => {
      if (reason === 'refresh') round += 1;
      return accountOf(round);
    };
    return tracedRun(scene, { ...look, credentials });
  },
};

const PART_6 = { index: 5, size: 1_000 };

const withFaults = async (
  faults: Parameters<Awaited<ReturnType<typeof setScene>>['server']['setFaults']>[0],
  options: TracedOptions,
): Promise<TracedRun> => {
  const scene = await setScene();
  scene.server.setFaults(faults);
  return tracedRun(scene, options);
};

/** Commands as soon as three parts are there. */
const commanded = async (
  { look = () => {} }: Look,
  command: (job: Download) => void,
): Promise<TracedRun> => {
  let isCommanded = false;
  return tracedRun(await setScene(), {
    lanes: 2,
    look: (fold, record, job) => {
      look(fold, record, job);
      const arrived = fold.view().parts.filter((code) => code >= 5).length;
      if (arrived < 3 || isCommanded) return;
      isCommanded = true;
      queueMicrotask(() => command(job));
    },
  });
};

const pauseAndResume = (job: Download): void => {
  job.on('paused', () => setImmediate(job.resume));
  job.pause();
};

/** The disk has too little room when it is asked first. */
const fullAtFirst = (effects: DownloadEffects): DownloadEffects => {
  let asked = 0;
  const free = () => {
    asked += 1;
    return bytes(asked === 1 ? 10 : 1_000_000);
  };
  return { ...effects, folders: { ...effects.folders, freeBytes: () => TE.fromIO(free) } };
};

/** A bit of part 8 turns over in the part file, before the last part is asked for. */
const damagedWhileRunning = async (look: Look): Promise<TracedRun> => {
  const scene = await setScene();
  const flipped: Array<Promise<void>> = [];
  scene.server.setFaults([once(rangeContains(4_500, fault.flipByte(4_500)))]);
  const change = (effects: DownloadEffects): DownloadEffects => ({
    ...effects,
    storage: {
      ...effects.storage,
      fetchRange: (request, sink, signal) => async () => {
        const isLast = request.range.start === 9_000 && flipped.length === 0;
        if (isLast) flipped.push(partFileOf(scene).then((path) => flipBit(path, 7_100)));
        await flipped[0];
        return effects.storage.fetchRange(request, sink, signal)();
      },
    },
  });
  return tracedRun(scene, { ...look, lanes: 1, change });
};

const accountOf = (round: number) => ({
  accessKeyId: `STS.round${round}`,
  accessKeySecret: `secret${round}`,
  securityToken: `token${round}`,
});
