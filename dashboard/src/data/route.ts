import { useMemo, useSyncExternalStore } from 'react';

/** Where on the page one is: parts of the path behind `#`, and what is chosen there. */
export interface Place {
  readonly parts: readonly string[];
  readonly query: URLSearchParams;
}

/** Every view has an address. */
export function usePlace(): Place {
  const hash = useSyncExternalStore(subscribe, () => location.hash);
  return useMemo(() => placeOf(hash), [hash]);
}

function placeOf(hash: string): Place {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  return { parts: path.split('/').map(decodeURIComponent), query: new URLSearchParams(query) };
}

function subscribe(listener: () => void): () => void {
  addEventListener('hashchange', listener);
  addEventListener('popstate', listener);
  return () => {
    removeEventListener('hashchange', listener);
    removeEventListener('popstate', listener);
  };
}

export const linkTo = (...parts: string[]): string => `#/${parts.map(encodeURIComponent).join('/')}`;

export function goTo(...parts: string[]): void {
  location.hash = linkTo(...parts);
}

/** The same with what is chosen here: another node of a job, say, in the same view and at the same moment. */
export const linkHere = (...parts: string[]): string => {
  const [, query] = location.hash.split('?', 2);
  return query === undefined ? linkTo(...parts) : `${linkTo(...parts)}?${query}`;
};

export function goHere(...parts: string[]): void {
  location.hash = linkHere(...parts);
}

/** A choice of a view, kept in its address without a step of the history for each. */
export function useChoice(name: string, usual = ''): readonly [string, (value: string) => void] {
  const { query } = usePlace();
  return [query.get(name) ?? usual, (value) => choose({ [name]: value === usual ? undefined : value })];
}

/** Sets several choices at once; undefined takes one away. */
export function choose(choices: Readonly<Record<string, string | undefined>>): void {
  const { query } = placeOf(location.hash);
  for (const [name, value] of Object.entries(choices)) {
    if (value === undefined || value === '') query.delete(name);
    else query.set(name, value);
  }
  const [path = '#/jobs'] = location.hash.split('?', 1);
  const asked = query.toString();
  history.replaceState(null, '', `${path}${asked && `?${asked}`}`);
  dispatchEvent(new PopStateEvent('popstate'));
}

/** A choice that is one of these; what an address says otherwise asks for nothing. */
export const oneOf = <Word extends string>(words: readonly Word[], word: string): Word | undefined =>
  words.find((each) => each === word);
