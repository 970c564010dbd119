/** Why a record of the Python SDK cannot be used, and in words. */
import { absurd } from '../fp.ts';

export type RecordFlaw =
  | { readonly _tag: 'NotJson' }
  /** A field is missing or of another type. */
  | { readonly _tag: 'WrongShape'; readonly field: string }
  /** It is of an upload, say. */
  | { readonly _tag: 'OtherOperation'; readonly operation: string }
  /** Its content speaks of another object than its name. */
  | { readonly _tag: 'OtherObject'; readonly object: string }
  | { readonly _tag: 'OtherTarget'; readonly target: string }
  | { readonly _tag: 'SizeImpossible'; readonly size: number }
  /** Less than a byte, or more than 100 000 parts would be needed. */
  | { readonly _tag: 'PartSizeImpossible'; readonly partSize: number }
  | { readonly _tag: 'DateImpossible'; readonly mtime: number }
  | { readonly _tag: 'EtagImpossible'; readonly etag: string }
  /** Not `.tmp-` and 12 letters: it could lead to a file that is not the SDK's. */
  | { readonly _tag: 'SuffixImpossible'; readonly suffix: string }
  /** A part that does not lie within the object. */
  | { readonly _tag: 'PartOutside'; readonly part: number }
  /** A part that does not begin and end where its number says. */
  | { readonly _tag: 'PartMisplaced'; readonly part: number }
  | { readonly _tag: 'PartTwice'; readonly part: number };

/**
 * Completes the sentence "the record …".
 *
 * @example
 * describeRecordFlaw({ _tag: 'PartTwice', part: 3 }) // 'names part 3 twice'
 */
export const describeRecordFlaw = (flaw: RecordFlaw): string => {
  switch (flaw._tag) {
    case 'NotJson':
      return 'is not JSON';
    case 'WrongShape':
      return flaw.field === ''
        ? 'is not a JSON object'
        : `has no usable field ${quote(flaw.field)}`;
    case 'OtherOperation':
      return `is of another operation, ${quote(flaw.operation)}`;
    case 'OtherObject':
      return `is of another object, ${quote(flaw.object)}`;
    case 'OtherTarget':
      return `is of another file, ${quote(flaw.target)}`;
    case 'SizeImpossible':
      return `tells an impossible size, ${flaw.size}`;
    case 'PartSizeImpossible':
      return `tells an impossible part size, ${flaw.partSize}`;
    case 'DateImpossible':
      return `tells an impossible modification time, ${flaw.mtime}`;
    case 'EtagImpossible':
      return `tells an impossible ETag, ${quote(flaw.etag)}`;
    case 'SuffixImpossible':
      return `names a temporary file as the SDK never does, ${quote(flaw.suffix)}`;
    case 'PartOutside':
      return `names part ${flaw.part}, which is not within the object`;
    case 'PartMisplaced':
      return `puts part ${flaw.part} where its number does not belong`;
    case 'PartTwice':
      return `names part ${flaw.part} twice`;
    default:
      return absurd(flaw);
  }
};

const quote = (value: string): string => JSON.stringify(value);
