import type { z } from 'zod';
import type { RepriseError } from '../../core/errors';
import { present } from '../../core/model/present';
import type { Timing } from '../../core/model/time';
import { retrying } from '../../core/retry/retrying';
import { SYSTEM } from '../system';
import { type CallRequest, call, trimSlash } from './call';

/** How calls are tried again that fail with an error which another try may mend. */
export interface CallerRetry {
  /** How long to go on, milliseconds. */
  readonly forMs: number;
  readonly signal?: AbortSignal;
  readonly onRetry?: (error: RepriseError, delayMs: number) => void;
  readonly timing?: Timing;
}

export interface ApiCallerOptions {
  /** Address of the API, with the path of its stage when it has one. */
  readonly api: string;
  readonly token: string;
  /** For each call, milliseconds. */
  readonly timeoutMs: number;
  readonly retry: CallerRetry;
  readonly fetch?: typeof fetch | undefined;
}

export type ApiCall = Pick<CallRequest, 'method' | 'body' | 'headers' | 'accepts'> & {
  readonly path: string;
  /** In place of what all calls have. */
  readonly forMs?: number | undefined;
  readonly timeoutMs?: number;
};

/** Full jitter up to 10 s: an engine that comes back is not met by all its callers in the same second. */
const BACKOFF = {
  strategy: 'exponential',
  initialDelayMs: 200,
  maxDelayMs: 10_000,
  jitter: 'full',
} as const;

/** Calls of the REST API as one caller, tried again while they fail retryably. */
export function createApiCaller({ api, token, timeoutMs, retry, fetch }: ApiCallerOptions) {
  const base = trimSlash(api);
  const { timing = SYSTEM, signal, onRetry } = retry;
  return <S extends z.ZodType>(
    { path, headers = {}, forMs = retry.forMs, ...rest }: ApiCall,
    schema: S,
  ): Promise<z.output<S>> => {
    const request: CallRequest = {
      ...rest,
      url: `${base}${path}`,
      headers: { authorization: `Bearer ${token}`, ...headers },
      timeoutMs: rest.timeoutMs ?? timeoutMs,
      ...present({ signal, fetch }),
    };
    const until = timing.clock() + forMs;
    return retrying(() => call(request, schema), {
      ...{ ...timing, backoff: BACKOFF, until },
      ...present({ signal, onRetry }),
    });
  };
}

/** What a client of one part of the API is given. */
export interface ClientOptions {
  /** Address of the API, with the path of its stage when it has one. */
  readonly api: string;
  readonly token: string;
  /** How long to try again while nobody answers, milliseconds; not at all by default. */
  readonly retryForMs?: number;
  readonly fetch?: typeof fetch;
}

/** As long as API Gateway gives a call, and what the way takes. */
const CLIENT_TIMEOUT_MS = 30_000;

/** The calls of such a client. */
export function createClientCaller({ api, token, retryForMs = 0, fetch }: ClientOptions) {
  return createApiCaller({ api, token, timeoutMs: CLIENT_TIMEOUT_MS, retry: { forMs: retryForMs }, fetch });
}
