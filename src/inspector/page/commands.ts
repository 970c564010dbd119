/** The buttons pause, resume and cancel: enabled where the state allows it, else with the reason. */
import type { Send } from './connection.ts';
import { byId, setShown, setText } from './dom.ts';
import type { Frames } from './frames.ts';
import type { Model } from './model.ts';
import type { Store } from './store.ts';

const COMMANDS = ['pause', 'resume', 'cancel'] as const;
type Command = (typeof COMMANDS)[number];

export const startCommands = (frames: Frames, store: Store, send: Send): void => {
  const dialog = byId<HTMLDialogElement>('cancelling');
  const give = (command: Command): void => send({ type: 'command', command });

  for (const command of COMMANDS) {
    // A disabled button cannot be focused, and so could not tell why: `aria-disabled` can.
    byId(command).addEventListener('click', () => {
      if (reasonAgainst(store.model(), command) !== '') return;
      if (command === 'cancel') dialog.showModal();
      else give(command);
    });
  }
  byId('cancel-not').addEventListener('click', () => dialog.close());
  byId('cancel-really').addEventListener('click', () => {
    dialog.close();
    give('cancel');
  });

  frames.on(['states'], () => setShown(byId('refusal'), false));
  frames.on(['view', 'hello', 'connection'], () => {
    const model = store.model();
    setShown(byId('commands'), model.hello?.mode !== 'replay');
    for (const command of COMMANDS) drawButton(command, reasonAgainst(model, command));
    if (dialog.open && reasonAgainst(model, 'cancel') !== '') dialog.close();
  });
};

/** The download did not take a command after all: it was faster than the button. */
export const showRefusal = (reason: string): void => {
  setText(byId('refusal'), reason);
  setShown(byId('refusal'), true);
};

/** Empty: it may be given. */
const reasonAgainst = ({ view, connection }: Model, command: Command): string => {
  if (connection !== 'open') return 'There is no connection to the download.';
  if (view === null) return 'The download has not begun.';
  const { isEnabled, reason } = view.commands[command];
  return isEnabled ? '' : reason || 'Not possible now.';
};

const drawButton = (command: Command, reason: string): void => {
  const button = byId<HTMLButtonElement>(command);
  button.setAttribute('aria-disabled', String(reason !== ''));
  button.title = reason;
  setText(byId(`why-${command}`), reason);
};
