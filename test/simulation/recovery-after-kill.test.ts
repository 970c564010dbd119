import { test } from 'vitest';
import { crashAgain, LONG_MS } from './crash-again.ts';

test(
  'a small download that was killed breaks no law when its recovery ends, too',
  () => crashAgain('killed'),
  LONG_MS,
);
