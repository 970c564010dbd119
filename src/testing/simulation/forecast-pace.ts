/** What a network can carry, by formula: for planning a forecast, and for checking it by hand. */
import type { Conditions, Setting } from './forecast-conditions.ts';

type Network = Pick<
  Conditions,
  'rttMs' | 'loss' | 'bytesPerSecond' | 'bytesPerSecondPerConnection'
>;

/**
 * Of one connection, in bytes per second. Packets lost bring TCP down to
 * `1.22 · MSS / (rtt · √loss)` (Mathis et al. 1997), as `simulated-network-link.ts` has it.
 */
export const connectionPaceOf = (network: Network): number => {
  const { rttMs, loss, bytesPerSecondPerConnection } = network;
  if (loss === 0 || rttMs === 0) return bytesPerSecondPerConnection;
  const paceOfTcp = (1.22 * MSS) / ((rttMs / 1000) * Math.sqrt(loss));
  return Math.min(bytesPerSecondPerConnection, paceOfTcp);
};

const MSS = 1460;

/** Of all lanes together. A network without limits has one here all the same: 1 GB/s. */
export const linkPaceOf = (network: Network, lanes: number): number =>
  Math.min(network.bytesPerSecond, lanes * connectionPaceOf(network), 1e9);

/**
 * Bytes of one chunk of an answer. Each lane has one on its way, and an interruption loses it: so
 * all of them are about what the link holds. Larger ones cost less to simulate.
 */
export const chunkOf = (network: Network, lanes: number): number => {
  const held = (linkPaceOf(network, lanes) * network.rttMs) / 1000;
  return Math.round(Math.min(2 ** 20, Math.max(2 ** 16, held / lanes)));
};

/**
 * How much longer the last round of parts takes than its share, in milliseconds: where a lane alone
 * is slower than the link, lanes without a part to fetch leave some of it unused.
 */
export const tailMs = (network: Network, size: number, { lanes, partSize }: Setting): number => {
  const last = Math.ceil(size / partSize) % lanes;
  const pace = Math.min(connectionPaceOf(network), network.bytesPerSecond / last, 1e9);
  const alone = partSize / pace;
  const shared = (last * partSize) / linkPaceOf(network, lanes);
  return last === 0 ? 0 : Math.max(0, alone - shared) * 1000;
};
