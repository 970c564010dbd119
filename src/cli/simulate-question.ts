/** What the words of `simulate` ask, or what is wrong with them. */

import { parseSize } from '../domain/bytes.ts';
import { decodeTransferOptions, LANES_AUTO, LANES_MAX } from '../domain/download-options.ts';
import { PART_SIZE_AUTO } from '../domain/plan.ts';
import { E } from '../fp.ts';
import type { ErrorOf } from '../index.ts';
import { type Conditions, otherSettings, type Setting } from '../testing/index.ts';
import { decodeWhole, refuse } from './refuse.ts';
import type { SimulateFlags } from './simulate-arguments.ts';
import { decodePercent, decodeRate, decodeSpan } from './simulate-units.ts';

/** What is to be simulated. */
export interface Question {
  readonly conditions: Conditions;
  readonly asked: Setting;
  /** Those to compare it with. */
  readonly others: ReadonlyArray<Setting>;
}

type Decoded<A> = E.Either<ErrorOf<'UsageError'>, A>;

/** Finds the first mistake, or says what to simulate. */
export const decodeQuestion = (flags: SimulateFlags): Decoded<Question> => {
  const conditions = decodeConditions(flags);
  if (E.isLeft(conditions)) return conditions;
  const partSize = decodePartSize(flags.partSize);
  if (E.isLeft(partSize)) return partSize;
  const lanes = decodeLanes(flags.lanes);
  if (E.isLeft(lanes)) return lanes;
  if (flags.trace === '') return refuse('--trace', '', 'the path of a file');
  const [first = LANES_AUTO, ...more] = lanes.right;
  const asked = { lanes: first, partSize: partSize.right };
  const others =
    more.length === 0
      ? otherSettings(asked, conditions.right.size)
      : more.map((other) => ({ lanes: other, partSize: asked.partSize }));
  return E.right({ conditions: conditions.right, asked, others });
};

const decodeConditions = (flags: SimulateFlags): Decoded<Conditions> => {
  const size = parseSize(flags.size);
  if (E.isLeft(size) || size.right < 1) {
    return refuse('--size', flags.size, 'a size such as 50GB or 700MiB, at least one byte');
  }
  const bytesPerSecond = decodeRate('--bandwidth', flags.bandwidth);
  if (E.isLeft(bytesPerSecond)) return bytesPerSecond;
  const { bandwidthPerConnection: own } = flags;
  const perConnection =
    own === undefined ? E.right(Infinity) : decodeRate('--bandwidth-per-connection', own);
  if (E.isLeft(perConnection)) return perConnection;
  const rttMs = decodeSpan('--rtt', flags.rtt, 0);
  if (E.isLeft(rttMs)) return rttMs;
  const jitterMs = decodeSpan('--jitter', flags.jitter, 0);
  if (E.isLeft(jitterMs)) return jitterMs;
  const loss = decodePercent('--loss', flags.loss);
  if (E.isLeft(loss)) return loss;
  const interruptions = decodeInterruptions(flags);
  if (E.isLeft(interruptions)) return interruptions;
  const seed = decodeWhole('--seed', flags.seed, 'such as 7');
  if (E.isLeft(seed)) return seed;
  return E.right({
    seed: seed.right ?? 1,
    size: size.right,
    rttMs: rttMs.right,
    jitterMs: jitterMs.right,
    bytesPerSecond: bytesPerSecond.right,
    bytesPerSecondPerConnection: perConnection.right,
    loss: loss.right,
    ...interruptions.right,
  });
};

type Interruptions = Pick<
  Conditions,
  'killEveryMs' | 'powerCutEveryMs' | 'credentialsLastMs' | 'resetEvery'
>;

const decodeInterruptions = (flags: SimulateFlags): Decoded<Interruptions> => {
  const kill = decodeEvery('--kill-every', flags.killEvery);
  if (E.isLeft(kill)) return kill;
  const cut = decodeEvery('--power-cut-every', flags.powerCutEvery);
  if (E.isLeft(cut)) return cut;
  const credentials = decodeEvery('--expire-credentials', flags.expireCredentials);
  if (E.isLeft(credentials)) return credentials;
  const reset = decodeWhole('--reset-every', flags.resetEvery, 'at least 2');
  if (E.isLeft(reset)) return reset;
  if (reset.right !== undefined && reset.right < 2) {
    return refuse('--reset-every', String(reset.right), 'a whole number, at least 2');
  }
  return E.right({
    killEveryMs: kill.right,
    powerCutEveryMs: cut.right,
    credentialsLastMs: credentials.right,
    resetEvery: reset.right ?? null,
  });
};

const decodeEvery = (option: string, text: string | undefined): Decoded<number | null> =>
  text === undefined ? E.right(null) : decodeSpan(option, text, 1_000);

const decodePartSize = (text: string): Decoded<number> => {
  const settings = decodeTransferOptions({ partSize: text });
  if (E.isLeft(settings)) return settings;
  const { partSize } = settings.right.wishes;
  return E.right(partSize === 'auto' ? PART_SIZE_AUTO : partSize);
};

/** The first is what was asked for, the others to compare it with. */
const decodeLanes = (text: string): Decoded<ReadonlyArray<number>> => {
  if (text === 'auto') return E.right([LANES_AUTO]);
  const lanes = text.split(',').map((word) => (/^\d{1,3}$/.test(word) ? Number(word) : 0));
  const isAllowed = lanes.every((count) => count >= 1 && count <= LANES_MAX);
  return isAllowed
    ? E.right([...new Set(lanes)])
    : refuse('--lanes', text, `auto, a number from 1 to ${LANES_MAX}, or a list such as 4,8,16`);
};
