/** Calls of the REST API: the page knows nothing else of the engine. */

const TOKEN = 'reprise.token';

/** What the engine refused, in its own words. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** The token that came behind the address (`#token=...`) is kept for this tab and taken out of the address. */
export function takeToken(): void {
  const given = /^#token=([^&]+)/.exec(location.hash)?.[1];
  if (given === undefined) return;
  sessionStorage.setItem(TOKEN, decodeURIComponent(given));
  history.replaceState(null, '', `${location.pathname}#/jobs`);
}

export const hasToken = (): boolean => sessionStorage.getItem(TOKEN) !== null;

export function setToken(token: string): void {
  sessionStorage.setItem(TOKEN, token);
}

export function forgetToken(): void {
  sessionStorage.removeItem(TOKEN);
}

/** @throws ApiError for what the engine refuses; `UNREACHABLE` where it does not answer */
export async function call<Answer>(method: 'GET' | 'POST', path: string, body?: unknown): Promise<Answer> {
  const headers: Record<string, string> = { authorization: `Bearer ${sessionStorage.getItem(TOKEN) ?? ''}` };
  if (body !== undefined) headers['content-type'] = 'application/json';
  const response = await fetch(`.${path}`, {
    ...{ method, headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  }).catch(() => {
    throw new ApiError(0, 'UNREACHABLE', 'The engine does not answer. Is it running?');
  });
  const answer = await response.json().catch(() => ({}));
  if (response.ok) return answer as Answer;
  const { code = 'UNKNOWN', detail = response.statusText } = answer;
  throw new ApiError(response.status, code, detail);
}

export const get = <Answer>(path: string): Promise<Answer> => call<Answer>('GET', path);
