/**
 * A network in memory: `HttpClient` over virtual time, with latency, bandwidth, loss and faults.
 *
 * How long things take is told in `simulated-network-link.ts`. Nothing waits really: whoever owns
 * the clock moves time. Where nothing takes time no timer is set either; then exchanges take turns
 * on the queue of promises, in an order that the seed decides.
 */

import { interruptionOf } from '../../domain/errors.ts';
import type { Clock } from '../../effects/clock.ts';
import type { HttpClient } from '../../effects/http-client.ts';
import { E } from '../../fp.ts';
import { seeded } from './seeded.ts';
import { carryExchange } from './simulated-network-exchange.ts';
import type { FarEnd } from './simulated-network-far-end.ts';
import type { NetworkRule } from './simulated-network-fault.ts';
import { lifeOf } from './simulated-network-life.ts';
import { type LinkOptions, simulatedLink } from './simulated-network-link.ts';

export interface SimulatedNetworkOptions {
  readonly clock: Clock;
  /** Who listens at `https://host`, or at host and port; null: nobody. */
  readonly farEndAt: (origin: string) => FarEnd | null;
  /** Default: `INSTANT_LINK`. */
  readonly link?: Partial<LinkOptions>;
  /** Default: nothing goes wrong. */
  readonly faults?: NetworkRule;
  /** Of jitter, and of the order of what happens at the same time. Default: 0. */
  readonly seed?: number;
}

/** What a network has carried so far. */
export interface NetworkTraffic {
  readonly exchanges: number;
  /** Connections that were opened, or tried to be. */
  readonly connections: number;
  /** Bytes of bodies that arrived. */
  readonly bodyBytes: number;
}

export interface SimulatedNetwork extends HttpClient {
  /** Changes the link. What is on its way arrives when it would have. */
  readonly change: (link: Partial<LinkOptions>) => void;
  /** Replaces the rule of what goes wrong. */
  readonly setFaults: (rule: NetworkRule) => void;
  readonly traffic: () => NetworkTraffic;
}

/**
 * A network in memory.
 *
 * @example
 * const network = simulatedNetwork({ clock, farEndAt: () => oss.farEnd, link: { rttMs: 80 } });
 */
export const simulatedNetwork = (options: SimulatedNetworkOptions): SimulatedNetwork => {
  const { clock, farEndAt } = options;
  const draws = seeded(options.seed ?? 0);
  const link = simulatedLink(options.link ?? {}, draws.fork('jitter'));
  const turns = draws.fork('turns');
  /** How many connections are open and at rest, by origin. */
  const idle = new Map<string, number>();
  const traffic = { exchanges: 0, connections: 0, bodyBytes: 0 };
  let rule: NetworkRule = options.faults ?? (() => null);

  /** Takes an open connection, or pays for a new one: in round trips. */
  const open = (origin: string): number => {
    const count = idle.get(origin) ?? 0;
    if (count > 0) {
      idle.set(origin, count - 1);
      return 0;
    }
    traffic.connections += 1;
    return /^https:/i.test(origin) ? 2 : 1;
  };

  return {
    exchange: (request, onHead, signal) => async () => {
      if (signal.aborted) return E.left(interruptionOf(signal));
      const origin = originOf(request.url);
      if (origin === null) return E.left(UNSENDABLE);
      const { method, headers } = request;
      traffic.exchanges += 1;
      const { exchanges: sequence } = traffic;
      const fault = rule({ sequence, atMs: clock.now(), origin, method, headers });
      const result = await carryExchange({
        request,
        onHead,
        farEnd: farEndAt(origin),
        fault,
        openingTrips: open(origin),
        link,
        clock,
        life: lifeOf(signal, clock, turns),
        onArrival: (length) => {
          traffic.bodyBytes += length;
        },
      });
      // An exchange that failed has left something on its connection: that is closed.
      if (E.isRight(result)) idle.set(origin, (idle.get(origin) ?? 0) + 1);
      return result;
    },
    change: link.change,
    setFaults: (next) => {
      rule = next;
    },
    traffic: () => ({ ...traffic }),
  };
};

/** No `URL`: that costs as much as the rest of a small exchange. */
const originOf = (url: string): string | null =>
  /^https?:\/\/[^/?#\s]+(?=\/)/i.exec(url)?.[0] ?? null;

const UNSENDABLE = {
  _tag: 'Defect',
  message: 'TypeError: a request needs an absolute URL of http or https, with a path',
  stack: null,
} as const;
