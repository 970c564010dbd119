/** The page says what terminal and log say: a browser cannot load their modules, so it is compared. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatSize as sizeOfCommand } from '../../src/domain/bytes.ts';
import { isSample } from '../../src/inspector/page/chart-words.ts';
import * as page from '../../src/inspector/page/format.ts';
import { EMPTY_MODEL } from '../../src/inspector/page/model.ts';
import { stateWords } from '../../src/inspector/page/words-of-part.ts';
import { chartOf } from '../../src/machines/chart.ts';
import { downloadMachine } from '../../src/machines/download-machine.ts';
import * as command from '../../src/view/words.ts';
import { SCENARIOS } from '../view/scenarios.ts';

const sum = ([one, other]: readonly [number, number]): number => one + other;

/** Of every magnitude, and close to where units and digits change. */
const numbers = fc.oneof(
  fc.double({ min: 0, max: 2 ** 53, noNaN: true }),
  fc.double({ min: 0, max: 100_000, noNaN: true }),
  fc.tuple(fc.constantFrom(10, 60, 3_600, 86_400), fc.integer({ min: -2, max: 2 })).map(sum),
  fc
    .tuple(fc.nat({ max: 15 }), fc.double({ min: 0.9, max: 1.1, noNaN: true }))
    .map(([power, near]) => near * 10 ** power),
);

const sizes = numbers.map(Math.round);

const forEvery = <T>(values: fc.Arbitrary<T>, check: (value: T) => void): void =>
  fc.assert(fc.property(values, check), { numRuns: 2_000 });

describe('the page writes as the command does', () => {
  test('every size', () => {
    forEvery(sizes, (size) => {
      expect(page.formatSize(size)).toBe(sizeOfCommand(size));
    });
  });

  test('every time span', () => {
    forEvery(numbers, (seconds) => {
      expect(page.formatSeconds(seconds)).toBe(command.formatSeconds(seconds));
    });
  });

  test('every rate, with a dash while nothing is known', () => {
    forEvery(numbers, (rate) => {
      expect(page.formatRate(rate)).toBe(command.formatRate(rate) ?? '–');
    });
  });

  test('every share of a total', () => {
    forEvery(fc.tuple(sizes, sizes), ([one, other]) => {
      const [received, total] = [Math.min(one, other), Math.max(1, one, other)];
      const words = command.formatPercent({ received, total } as never);
      expect(page.formatPercent(received / total)).toBe(words);
    });
  });

  test('every count, but for the spaces between thousands', () => {
    forEvery(sizes, (count) => {
      const words = page.countWords(count, 'part').replaceAll('\u202f', '');
      expect(words).toBe(command.countWords(count, 'part'));
    });
  });
});

describe('a part that waits', () => {
  test.each(['every request fails once', 'access that runs out'])(
    'has the same cause on the page as in the sentences: %s',
    async (name) => {
      const causes = new Set<string>();
      await SCENARIOS[name]!({
        look: (fold) => {
          const view = fold.view();
          const table = { codes: view.parts, counts: [] };
          for (const { part, error, cause } of view.lanes) {
            const words = stateWords({ ...EMPTY_MODEL, view, table }, part, 0);
            expect(words.includes('because of')).toBe(error !== null);
            if (error === null) continue;
            expect(words).toContain(`, because of ${cause}`);
            expect(fold.part(part)?.text).toContain(` after ${cause}`);
            causes.add(cause);
          }
        },
      });
      expect(causes.size).toBeGreaterThan(0);
    },
  );
});

test('isSample knows the transitions that samples set off, and no others', () => {
  for (const { id, trigger } of chartOf(downloadMachine).transitions) {
    const isOfSample = trigger._tag === 'Event' && trigger.type === 'progress.sampled';
    expect(isSample(id), id).toBe(isOfSample);
  }
  expect(chartOf(downloadMachine).transitions.some(({ id }) => isSample(id))).toBe(true);
});
