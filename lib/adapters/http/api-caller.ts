import type { z } from 'zod';
import { type CallRequest, call, trimSlash } from './call';
import { type RetryOptions, retrying } from '../../core/retry/retrying';

export interface ApiCallerOptions {
  /** Address of the API, with the path of its stage when it has one. */
  readonly api: string;
  readonly token: string;
  /** For each call, milliseconds. */
  readonly timeoutMs: number;
  readonly retry: RetryOptions;
  readonly fetch?: typeof fetch | undefined;
}

export type ApiCall = Pick<CallRequest, 'method' | 'body' | 'headers'> & {
  readonly path: string;
  /** In place of what all calls have. */
  readonly forMs?: number | undefined;
};

/** Calls of the REST API as one caller, tried again while they fail retryably. */
export function createApiCaller({ api, token, timeoutMs, retry, fetch }: ApiCallerOptions) {
  const base = trimSlash(api);
  return <S extends z.ZodType>({ path, headers = {}, forMs, ...rest }: ApiCall, schema: S) => {
    const request: CallRequest = {
      ...rest,
      url: `${base}${path}`,
      headers: { authorization: `Bearer ${token}`, ...headers },
      timeoutMs,
      ...(retry.signal ? { signal: retry.signal } : {}),
      ...(fetch ? { fetch } : {}),
    };
    return retrying(() => call(request, schema), { ...retry, ...(forMs === undefined ? {} : { forMs }) });
  };
}
