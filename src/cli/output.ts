/** Where the command writes to: lines, and a reader that may go away. */
import type { WriteStream } from 'node:tty';

export interface Output {
  /** Writes one line. Nothing that it holds can command a terminal. */
  readonly line: (text: string) => void;
  /** Writes a text as it is. */
  readonly text: (text: string) => void;
  /** Resolves when everything written is with the system, or the reader is gone. */
  readonly flush: () => Promise<void>;
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
 * nothing else happens: the file is what counts, not who watches.
 */
export const outputTo = (stream: WriteStream): Output => {
  let isOpen = true;
  stream.on('error', () => {
    isOpen = false;
  });
  const text = (written: string): void => {
    if (isOpen) stream.write(written);
  };
  return {
    line: (line) => text(`${printable(line)}\n`),
    text,
    flush: () =>
      new Promise((resolve) => {
        if (isOpen) stream.write('', () => resolve());
        else resolve();
      }),
    terminal: stream.isTTY ? stream : null,
  };
};

/**
 * A text without control characters: keys and servers' messages may hold any.
 *
 * @example
 * printable('a\u001b[2Jb') // 'a�[2Jb'
 */
export const printable = (text: string): string =>
  text.replace(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu, '\ufffd');
