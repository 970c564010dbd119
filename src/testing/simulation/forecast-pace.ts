/** What one connection of a network can carry, for planning and for checking by hand. */
import type { Conditions } from './forecast.ts';

/**
 * Bytes per second. Packets lost bring TCP down to `1.22 · MSS / (rtt · √loss)` (Mathis et al.
 * 1997), as `simulated-network-link.ts` has it.
 */
export const connectionPaceOf = ({
  rttMs,
  loss,
  bytesPerSecondPerConnection,
}: Pick<Conditions, 'rttMs' | 'loss' | 'bytesPerSecondPerConnection'>): number =>
  loss === 0 || rttMs === 0
    ? bytesPerSecondPerConnection
    : Math.min(bytesPerSecondPerConnection, (1.22 * MSS) / ((rttMs / 1000) * Math.sqrt(loss)));

const MSS = 1460;
