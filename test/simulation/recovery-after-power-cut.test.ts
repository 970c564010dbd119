import { test } from 'vitest';
import { crashAgain, LONG_MS } from './crash-again.ts';

test(
  'a small download that was cut off by a power cut breaks no law when its recovery ends, too',
  () => crashAgain('powerLost'),
  LONG_MS,
);
