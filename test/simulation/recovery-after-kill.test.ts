import { test } from 'vitest';
import { crashAgain, LONG_MS } from './crash-again.ts';

test(
  'a small download that was killed, and ends again at an effect call of its recovery, breaks no law',
  () => crashAgain('killed'),
  LONG_MS,
);
