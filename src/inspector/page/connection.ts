/** The line to the server: its events one way, what the person wants the other. */
import type { PageMessage, ServerMessage } from '../protocol.ts';
import type { ConnectionState } from './model.ts';

/** Delivered in order. Of messages that wait, only the last of each type is sent. */
export type Send = (message: PageMessage) => void;

export interface Listener {
  readonly onMessage: (message: ServerMessage, cameMs: number) => void;
  readonly onState: (state: ConnectionState) => void;
  /** A message that the server did not take, and its reason. */
  readonly onRefused: (message: PageMessage, reason: string) => void;
}

/** Opens the stream. The browser opens it again by itself whenever it breaks. */
export const connect = ({ onMessage, onState, onRefused }: Listener): Send => {
  const standing = new Map<PageMessage['type'], PageMessage>();
  let viewer: string | null = null;
  let waiting: ReadonlyArray<PageMessage> = [];
  let isSending = false;

  const post = async (): Promise<void> => {
    if (isSending) return;
    isSending = true;
    for (let next = waiting[0]; next !== undefined && viewer !== null; next = waiting[0]) {
      waiting = waiting.slice(1);
      const refusal = await deliver(viewer, next);
      if (refusal !== null) onRefused(next, refusal);
    }
    isSending = false;
  };

  const send: Send = (message) => {
    if (IS_STANDING.has(message.type)) standing.set(message.type, message);
    waiting = [...waiting.filter((other) => !isReplaced(other, message)), message];
    void post();
  };

  const events = new EventSource('events');
  events.addEventListener('open', () => onState('open'));
  events.addEventListener('error', () => {
    viewer = null;
    waiting = [];
    onState('lost');
  });
  events.addEventListener('message', (event: MessageEvent<string>) => {
    const message = JSON.parse(event.data) as ServerMessage;
    onMessage(message, event.timeStamp);
    if (message.type !== 'hello' || message.viewer === viewer) return;
    viewer = message.viewer;
    for (const wish of standing.values()) send(wish); // A new stream knows of none.
  });
  return send;
};

/** Wishes that hold until another one of the type comes. */
const IS_STANDING: ReadonlySet<PageMessage['type']> = new Set(['log', 'part', 'context']);

/** A command and a step are deeds: each counts. */
const isReplaced = (waiting: PageMessage, by: PageMessage): boolean =>
  waiting.type === by.type && by.type !== 'command' && by.type !== 'step';

/** Why it was not taken; null: it was. */
const deliver = async (viewer: string, message: PageMessage): Promise<string | null> => {
  try {
    const answer = await fetch(`messages?viewer=${encodeURIComponent(viewer)}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(message),
    });
    return answer.ok ? null : (await answer.text()) || `The inspector answered ${answer.status}.`;
  } catch {
    return 'The inspector does not answer.';
  }
};
