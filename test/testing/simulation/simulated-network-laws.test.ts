/** The simulated network obeys the laws of the live client, on links of every kind. */

import type { HttpRequest } from '../../../src/effects/http-client.ts';
import { simulatedClock } from '../../../src/testing/simulation/simulated-clock.ts';
import { simulatedNetwork } from '../../../src/testing/simulation/simulated-network.ts';
import type {
  FarAnswer as NetworkAnswer,
  FarEnd as NetworkEnd,
} from '../../../src/testing/simulation/simulated-network-far-end.ts';
import type { LinkOptions } from '../../../src/testing/simulation/simulated-network-link.ts';
import {
  describeHttpClient,
  type FarAnswer,
  type FarEnd,
  type HttpWorld,
} from '../../conformance/http-client.ts';
import { drive } from './driven.ts';

const ORIGIN = 'http://127.0.0.1:8080';
const DEAD_ORIGIN = 'http://127.0.0.1:1';

/** A simulated network whose time passes while the world is open. */
const openWorld = async (link: Partial<LinkOptions>): Promise<HttpWorld> => {
  const clock = simulatedClock({ seed: 3 });
  const stop = drive(clock);
  const seen: Array<HttpRequest> = [];
  const sent = new Map<string, number>();
  let busy = 0;
  let onIdle = () => {};
  let play: FarEnd = () => null;
  const farEnd: NetworkEnd = {
    answer: async (request, { onEnd }) => {
      busy += 1;
      onEnd(() => {
        busy -= 1;
        if (busy === 0) onIdle();
      });
      seen.push(request);
      const answer = play(request);
      const path = request.url.slice(ORIGIN.length);
      return answer === null ? 'silence' : toNetworkAnswer(answer, (n) => sent.set(path, n));
    },
  };
  const farEndAt = (origin: string) => (origin === ORIGIN ? farEnd : null);
  return {
    client: simulatedNetwork({ clock, link, farEndAt }),
    origin: ORIGIN,
    deadOrigin: DEAD_ORIGIN,
    play: (next) => {
      play = next;
    },
    seen,
    sentTo: (path) => sent.get(path) ?? 0,
    idle: async () => {
      if (busy === 0) return;
      await new Promise<void>((resolve) => {
        onIdle = resolve;
      });
    },
    close: async () => stop(),
  };
};

/** A simulated wire carries final answers only, so 1xx are left out. */
const toNetworkAnswer = (
  { status, headers, body, ending }: FarAnswer,
  onSent: (sent: number) => void,
): NetworkAnswer => ({
  status,
  headers,
  body,
  ending: ending === 'cut' ? 'close' : ending === 'silence' ? 'stall' : ending,
  bytesPerSecond: null,
  onSent,
});

const LINKS: Readonly<Record<string, Partial<LinkOptions>>> = {
  'that takes no time': {},
  'with latency and jitter': { rttMs: 80, jitterMs: 40 },
  'of little bandwidth': { rttMs: 1, bytesPerSecond: 1e7, bytesPerSecondPerConnection: 7e6 },
};

for (const [name, link] of Object.entries(LINKS)) {
  describeHttpClient(`simulatedNetwork ${name}`, () => openWorld(link));
}
