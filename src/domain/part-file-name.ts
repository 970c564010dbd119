/** What a part file is called: beside its target, and like nothing that people make themselves. */

const WORD = '.partwise-';
const DIGITS = 8;
const ENDING = '.part';

/** So many bytes a part file's name is longer than its target's: a name may become too long. */
export const PART_FILE_NAME_EXTRA = WORD.length + DIGITS + ENDING.length;

/**
 * The part file that the holder of a claim makes for a target.
 *
 * @param nonce Of the claim, in hex digits; the first eight count.
 *
 * @example
 * partFileName('/data/object.bin', '5f0c11ab00112233') // '/data/object.bin.partwise-5f0c11ab.part'
 */
export const partFileName = (target: string, nonce: string): string =>
  `${target}${WORD}${nonce.slice(0, DIGITS)}${ENDING}`;

/** Is it a path that `partFileName` gives for this target? No other is ever written or removed. */
export const isPartFileOf = (target: string, path: string): boolean =>
  path.startsWith(target) && EXTRA.test(path.slice(target.length));

/**
 * The target of a part file, by its name or path alone; null: it is not called like one.
 *
 * @example
 * targetOfPartFile('object.bin.partwise-5f0c11ab.part') // 'object.bin'
 */
export const targetOfPartFile = (name: string): string | null => {
  const target = name.slice(0, -PART_FILE_NAME_EXTRA);
  return target !== '' && !target.endsWith('/') && isPartFileOf(target, name) ? target : null;
};

const EXTRA = new RegExp(`^\\${WORD}[0-9a-f]{${DIGITS}}\\${ENDING}$(?![\\s\\S])`);
