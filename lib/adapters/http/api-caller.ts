import type * as z from 'zod';
import { ROUTES } from '../../api/routes';
import { type Ask, type CallerOptions, type CallerRetry, createCaller } from '../../client/caller';
import { foreignAnswer } from '../../client/exchange';
import { present } from '../../core/model/present';
import type { Timing } from '../../core/model/time';
import { SYSTEM } from '../system';

export type ApiCallerOptions = Omit<CallerOptions, 'timing' | 'read' | 'retry'> & {
  readonly retry: CallerRetry & { readonly timing?: Timing };
};

/** Calls of the REST API on this machine, whose answers are held against the contract. */
export function createApiCaller({ retry: { timing = SYSTEM, ...retry }, ...options }: ApiCallerOptions): Ask {
  return createCaller({ ...options, retry, timing, read });
}

const read: NonNullable<CallerOptions['read']> = (id, status, answer) => {
  const { name, answers } = ROUTES[id];
  const schema = (answers as Readonly<Record<number, z.ZodType>>)[status];
  const parsed = schema?.safeParse(answer);
  if (parsed?.success) return parsed.data;
  throw foreignAnswer(name, status, parsed?.error);
};

/** What a client of one part of the API is given. */
export interface ClientOptions {
  /** Address of the API, with the path of its stage when it has one. */
  readonly api: string;
  readonly token: string;
  /** How long to try again while nobody answers, milliseconds; not at all by default. */
  readonly retryForMs?: number;
  /** Hears of each try that failed and is followed by another. */
  readonly onRetry?: CallerRetry['onRetry'];
  readonly fetch?: typeof fetch;
}

/** As long as API Gateway gives a call, and what the way takes. */
const CLIENT_TIMEOUT_MS = 30_000;

/** The calls of such a client. */
export function createClientCaller({ api, token, retryForMs = 0, onRetry, fetch }: ClientOptions): Ask {
  const retry = { forMs: retryForMs, ...present({ onRetry }) };
  return createApiCaller({ api, token, timeoutMs: CLIENT_TIMEOUT_MS, retry, fetch });
}
