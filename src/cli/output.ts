/** Where the command writes to: lines, and a reader that may go away. */
import type { WriteStream } from 'node:tty';

export interface Output {
  /** Writes one line. Nothing that it holds can command a terminal. */
  readonly line: (text: string) => void;
  /** Writes a text as it is. */
  readonly text: (text: string) => void;
  /**
   * Resolves when everything written is with the system, or the reader is gone: null. Where
   * something else hindered it, a full disk for one: Node's code for that.
   */
  readonly flush: () => Promise<string | null>;
  /** The stream itself, where a person looks at it; null where not. */
  readonly terminal: WriteStream | null;
}

/** What a command needs of its surroundings. */
export interface Io {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Milliseconds on a clock that only goes forward. */
  readonly now: () => number;
}

/**
 * A standard stream as an output.
 *
 * When its reader goes away (`partwise get --json … | head -1`) the rest is not written and
 * nothing else happens: the file is what counts, not who watches. Whatever else goes wrong, the
 * rest is not written either, but somebody still waits for it: `flush` says so.
 */
export const outputTo = (stream: WriteStream): Output => {
  let isOpen = true;
  let failure: string | null = null;
  const fail = ({ code, message }: NodeJS.ErrnoException): void => {
    if (isOpen && !READER_GONE.includes(code ?? '')) failure = code ?? message;
    isOpen = false;
  };
  stream.on('error', fail);
  const text = (written: string): void => {
    if (isOpen) stream.write(written);
  };
  return {
    line: (line) => text(`${printable(line)}\n`),
    text,
    flush: () =>
      new Promise((resolve) => {
        if (!isOpen) resolve(failure);
        else {
          stream.write('', (error) => {
            if (error) fail(error);
            resolve(failure);
          });
        }
      }),
    terminal: stream.isTTY ? stream : null,
  };
};

/** What a pipe, a socket and a pipe of Windows say when nobody reads at their other end. */
const READER_GONE: ReadonlyArray<string> = ['EPIPE', 'ECONNRESET', 'EOF'];

/**
 * A text without control characters: keys and servers' messages may hold any.
 *
 * @example
 * printable('a\u001b[2Jb') // 'a�[2Jb'
 */
export const printable = (text: string): string =>
  text.replace(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu, '\ufffd');
