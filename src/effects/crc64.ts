/** The CRC-64 of bytes, at the speed of WebAssembly: about 1 GB/s. */
import { createCRC64 } from 'hash-wasm';
import { type Crc64, crc64FromBigInt } from '../domain/crc64.ts';

/** The CRC-64 of chunks of bytes, one after the other; pure and synchronous. */
export type Crc64Of = (...chunks: ReadonlyArray<Uint8Array>) => Crc64;

let loading: Promise<Crc64Of> | null = null;

/**
 * Compiles the hash once per process, 10 to 20 ms; later calls give the same function.
 *
 * @example
 * const crc64Of = await loadCrc64();
 * crc64Of(Buffer.from('123456789')) // '11051210869376104954'
 */
export const loadCrc64 = (): Promise<Crc64Of> => {
  loading ??= createCRC64().then((hash) => (...chunks) => {
    hash.init();
    for (const chunk of chunks) hash.update(chunk);
    return crc64FromBigInt(BigInt(`0x${hash.digest('hex')}`));
  });
  return loading;
};
