/** Light or dark: as the system has it, until the person says otherwise. */
import { forgetColours } from './colours.ts';
import { byId, setText } from './dom.ts';
import type { Frames } from './frames.ts';

type Theme = 'system' | 'light' | 'dark';

const NEXT: Readonly<Record<Theme, Theme>> = { system: 'light', light: 'dark', dark: 'system' };
const WORDS: Readonly<Record<Theme, string>> = { system: 'Auto', light: 'Light', dark: 'Dark' };

/** Lets the button `#theme` go through the themes; the choice lasts as long as the tab. */
export const startTheme = (frames: Frames): void => {
  const button = byId<HTMLButtonElement>('theme');
  let theme = remembered();

  const show = (): void => {
    if (theme === 'system') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = theme;
    setText(button, `Theme: ${WORDS[theme]}`);
    forgetColours();
    frames.touch('theme');
  };

  button.addEventListener('click', () => {
    theme = NEXT[theme];
    sessionStorage.setItem('theme', theme);
    show();
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', show);
  show();
};

const remembered = (): Theme => {
  const found = sessionStorage.getItem('theme');
  return found === 'light' || found === 'dark' ? found : 'system';
};
