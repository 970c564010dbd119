import { describe, expect, test } from 'vitest';
import { bothKinds, callsAfter, crashAt, lawful } from './crash-at-call.ts';
import { atCall } from './small-spec.ts';
import { COMMANDS } from './world-spec.ts';

describe('a small download that crashes at every effect call', () => {
  for (const kind of bothKinds) {
    test(`ends byte-identical, and breaks no law, when ${kind}`, async () => {
      const calls = await callsAfter();
      let crashes = 0;
      for (let call = 1; call <= calls; call++) {
        for (const isDone of [false, true]) {
          const { runs } = await lawful(crashAt(kind, call, isDone));
          if (runs[0]?.ending === 'crashed') crashes += 1;
        }
      }
      expect(calls).toBeGreaterThan(40);
      expect(crashes).toBe(2 * calls);
    });
  }
});

describe('a small download that is asked for something at every effect call', () => {
  for (const kind of COMMANDS) {
    test(`breaks no law: ${kind}`, async () => {
      const calls = await callsAfter();
      const endings: Array<string | undefined> = [];
      for (let call = 2; call <= calls; call++) {
        const { runs } = await lawful({ kind, at: atCall(call) });
        endings.push(runs[0]?.ending);
      }
      const isAnEnd = kind.startsWith('cancel') || kind === 'pauseAndCancel';
      const isRefused = kind === 'accessRevoked';
      const expected = isAnEnd ? 'cancelled' : isRefused ? 'failed' : 'renamed';
      expect(endings).toContain(expected);
      expect(new Set(endings)).toEqual(new Set([expected, 'renamed']));
    });
  }
});
