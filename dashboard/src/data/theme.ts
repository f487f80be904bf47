import { useEffect, useState } from 'react';

export const THEMES = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];
const THEME = 'reprise.theme';

const isTheme = (word: string | null): word is Theme => (THEMES as readonly (string | null)[]).includes(word);

function themeOfBrowser(): Theme {
  const kept = localStorage.getItem(THEME);
  return isTheme(kept) ? kept : 'auto';
}

/** `auto` is what the machine of the reader says. */
export function applyTheme(theme: Theme = themeOfBrowser()): void {
  document.documentElement.style.colorScheme = theme === 'auto' ? 'light dark' : theme;
}

export function useTheme(): readonly [Theme, (theme: Theme) => void] {
  const [theme, set] = useState(themeOfBrowser);
  return [
    theme,
    (next) => {
      localStorage.setItem(THEME, next);
      applyTheme(next);
      set(next);
    },
  ];
}

/** The value of a colour of the page as it is now, for what is drawn by script. */
function colour(name: string): string {
  const probe = document.createElement('span');
  probe.style.color = `var(--${name})`;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

/** Several of them, anew whenever the theme changes. */
export function useColours<Name extends string>(names: readonly Name[]): Readonly<Record<Name, string>> {
  const [colours, set] = useState(() => coloursOf(names));
  useEffect(() => {
    const again = () => set(coloursOf(names));
    const dark = matchMedia('(prefers-color-scheme: dark)');
    dark.addEventListener('change', again);
    const chosen = new MutationObserver(again);
    chosen.observe(document.documentElement, { attributes: true, attributeFilter: ['style'] });
    return () => {
      dark.removeEventListener('change', again);
      chosen.disconnect();
    };
  }, [names]);
  return colours;
}

function coloursOf<Name extends string>(names: readonly Name[]): Readonly<Record<Name, string>> {
  return Object.fromEntries(names.map((name) => [name, colour(name)])) as Record<Name, string>;
}
