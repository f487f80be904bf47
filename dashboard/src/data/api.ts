/** Calls of the REST API, by the client that is made of its OpenAPI document: the page knows nothing else of the engine. */

import {
  type AnswerOf,
  type Ask,
  createCaller,
  type OperationId,
  type RequestOf,
} from '../../../lib/client/caller';
import type { RepriseError } from '../../../lib/core/errors';
import { apiBase, tokenOfTab } from './session';

export type { AnswerOf, OperationId, RequestOf };
/** What the engine refused, in its own words. */
export type ApiError = RepriseError;

const TIMEOUT_MS = 30_000;
let caller: { readonly token: string; readonly ask: Ask } | undefined;

/** Asks the engine as whoever is signed in on this tab. @throws RepriseError with the code that the engine gave */
export const askEngine: Ask = (id, request, options) => {
  const token = tokenOfTab() ?? '';
  if (caller?.token !== token) caller = { token, ask: callerWith(token) };
  return caller.ask(id, request, options);
};

function callerWith(token: string): Ask {
  return createCaller({
    ...{ api: apiBase(), token, timeoutMs: TIMEOUT_MS },
    // Views ask again by themselves, and a command is given once.
    retry: { forMs: 0 },
    timing: { clock: Date.now, random: Math.random, sleep },
    // The browser keeps the last answer, and asks with its ETag whether there is another.
    fetch: (address, init) => fetch(address, { ...init, cache: 'no-cache' }),
  });
}

const sleep = (ms: number): Promise<void> => new Promise((wake) => setTimeout(wake, ms));

/** The host of the page has no such route: a run that shows itself, say, has no workers. */
export const isMissingHere = ({ code }: ApiError): boolean =>
  code === 'ROUTE_NOT_FOUND' || code === 'METHOD_NOT_ALLOWED';
