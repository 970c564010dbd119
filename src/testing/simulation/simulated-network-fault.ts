/** What can go wrong on the way, whatever the server does. Faults of the server are its own. */

/** One thing that goes wrong with one exchange. */
export type NetworkFault =
  /** Nobody takes the connection, though the address is right. */
  | { readonly _tag: 'Refused' }
  /** The connection is reset after so many bytes of the body; null: before the head. */
  | { readonly _tag: 'Reset'; readonly afterBytes: number | null }
  /** The connection ends, politely and too early, after so many bytes of the body. */
  | { readonly _tag: 'Cut'; readonly afterBytes: number }
  /** Nothing more is heard after so many bytes of the body; null: not even the head. */
  | { readonly _tag: 'Stall'; readonly afterBytes: number | null }
  /** The body comes at this pace. */
  | { readonly _tag: 'Trickle'; readonly bytesPerSecond: number };

/** What a rule sees of an exchange. */
export interface NetworkRequest {
  /** The how-manieth exchange of the network this is, from 1. */
  readonly sequence: number;
  /** By the clock's `now`. */
  readonly atMs: number;
  /** `https://host`, or with its port. */
  readonly origin: string;
  readonly method: 'GET' | 'HEAD';
  readonly headers: Readonly<Record<string, string>>;
}

/** Decides what goes wrong; null: nothing. Asked once per exchange, when it begins. */
export type NetworkRule = (request: NetworkRequest) => NetworkFault | null;

/** How a fault cuts a body: after how many bytes, and how it goes on. Null: not at all. */
export const cutOf = (
  fault: NetworkFault | null,
): { readonly after: number; readonly ending: 'close' | 'reset' | 'stall' } | null => {
  switch (fault?._tag) {
    case 'Reset':
      return { after: fault.afterBytes ?? 0, ending: 'reset' };
    case 'Cut':
      return { after: fault.afterBytes, ending: 'close' };
    case 'Stall':
      return { after: fault.afterBytes ?? 0, ending: 'stall' };
    default:
      return null;
  }
};

/** How a fault takes the place of the answer. Null: there is an answer. */
export const insteadOfAnswer = (fault: NetworkFault | null): 'reset' | 'silence' | null => {
  if (fault?._tag === 'Reset' && fault.afterBytes === null) return 'reset';
  return fault?._tag === 'Stall' && fault.afterBytes === null ? 'silence' : null;
};
