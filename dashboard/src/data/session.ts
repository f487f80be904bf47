/** Who is signed in on this tab: the token of a daemon, or that of an issuer. */

const TOKEN = 'reprise.token';

/** Where the API is, relative to the page: `.` beside a daemon, `api` where the page is hosted. */
export function apiBase(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="reprise-api"]')?.content ?? '.';
}

/** Where the page of the API is, relative to this one: where the API has that name itself, it has another. */
export const apiPage = (): string => (apiBase() === '.' ? 'api/' : 'reference/index.html');

/** The token that came behind the address (`#token=...`) is kept for this tab and taken out of the address. */
export function takeToken(): void {
  const [, given, place = '/jobs'] = /^#token=([^&]+)(?:&to=(.*))?$/.exec(location.hash) ?? [];
  if (given === undefined) return;
  setToken(decodeURIComponent(given));
  history.replaceState(null, '', `${location.pathname}#${decodeURIComponent(place)}`);
}

export const tokenOfTab = (): string | undefined => sessionStorage.getItem(TOKEN) ?? undefined;

export function setToken(token: string): void {
  sessionStorage.setItem(TOKEN, token);
}

export function forgetToken(): void {
  sessionStorage.removeItem(TOKEN);
}
