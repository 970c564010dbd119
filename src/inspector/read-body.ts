/** The body of a small request. */
import type { IncomingMessage } from 'node:http';
import { E } from '../fp.ts';

/** More is not read into memory: no message of the page is nearly as long. */
export const BODY_BYTES_MAX = 4_096;

/** So much more is thrown away, so that whoever sent too much can still read the answer. */
const DISCARDED_BYTES_MAX = 65_536;

/** Left: it was too long, or cut short. Resolves when nothing more comes. */
export const readBody = (request: IncomingMessage): Promise<E.Either<'tooLong' | 'cut', string>> =>
  new Promise((resolve) => {
    const chunks: Array<Buffer> = [];
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= BODY_BYTES_MAX) chunks.push(chunk);
      if (length > DISCARDED_BYTES_MAX) resolve(E.left('tooLong'));
    });
    request.once('end', () => {
      const text = Buffer.concat(chunks).toString();
      resolve(length > BODY_BYTES_MAX ? E.left('tooLong') : E.right(text));
    });
    request.once('close', () => resolve(E.left('cut')));
    request.once('error', () => resolve(E.left('cut')));
  });
