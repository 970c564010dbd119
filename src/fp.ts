/**
 * The part of fp-ts this project speaks. Nothing else in `src` imports fp-ts.
 *
 * fp-ts 2.16 has no `exports` map: under Node ESM `fp-ts/TaskEither` is a directory import and
 * throws. The `/lib/*.js` paths work and load in half the time of the root. This file keeps that
 * wart, and the size of our vocabulary, in one place. Adding a line here is a design decision.
 */
export * as E from 'fp-ts/lib/Either.js';
export { absurd, pipe } from 'fp-ts/lib/function.js';
export * as TE from 'fp-ts/lib/TaskEither.js';
