import * as z from 'zod';
import { type ExchangeRequest, trimSlash } from '../../client/exchange';
import { capacityTrends, failurePatterns, performanceInsights } from '../../contract/reporting';
import { isRetryable, RepriseError } from '../../core/errors';
import { present } from '../../core/model/present';
import type { Timing } from '../../core/model/time';
import type { ExecutionReporting } from '../../core/ports/reporting';
import { CLOSED, failure, stateOf, success } from '../../core/retry/breaker';
import { type RetryOptions, retrying } from '../../core/retry/retrying';
import { SYSTEM } from '../system';
import { call } from './call';
import {
  capacityBody,
  executionBody,
  failuresBody,
  performanceBody,
  toInsights,
  toPatterns,
  toTrends,
} from './reporting-wire';

export interface ReportingClientOptions {
  /** Where the reporting system serves the contract. */
  readonly url: string;
  readonly token?: string | undefined;
  /** How long to try again while it does not answer, each call, milliseconds. */
  readonly retryForMs: number;
  /** Hears of each try that failed and is followed by another. */
  readonly onRetry?: RetryOptions['onRetry'];
  /** Ends waits and calls: what was not submitted by then is not. */
  readonly signal?: AbortSignal | undefined;
  readonly timing?: Timing;
  readonly fetch?: typeof fetch;
}

/** Nothing is read of what a submission is answered. */
const anything = z.unknown();
const TIMEOUT_MS = 10_000;
const BACKOFF = { strategy: 'exponential', initialDelayMs: 500, maxDelayMs: 10_000, jitter: 'full' } as const;

/** A system that is down is left alone for a while, by all calls of the process. */
const BREAKER = { opensAfter: 5, openMs: 30_000, longestMs: 600_000 } as const;

/** The Execution Reporting Module over HTTP (`lib/contract/reporting.ts`), behind a breaker of its own. */
export function createReportingClient(options: ReportingClientOptions): ExecutionReporting {
  const { url, token, retryForMs, onRetry, signal, timing = SYSTEM, fetch } = options;
  const base = trimSlash(url);
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
  let breaker = CLOSED;

  async function once<S extends z.ZodType>(request: ExchangeRequest, schema: S): Promise<z.output<S>> {
    const state = stateOf(breaker, timing.clock());
    if (state.kind === 'open') {
      const retryAfterMs = state.until - timing.clock();
      const message = `${base} is left alone for ${Math.ceil(retryAfterMs / 1_000)} s: ${state.why}`;
      throw new RepriseError('UPSTREAM_UNAVAILABLE', message, { context: { retryAfterMs } });
    }
    try {
      const answer = await call(request, schema);
      breaker = success(breaker);
      return answer;
    } catch (error) {
      // One that refuses a call is there.
      breaker = isRetryable(error) ? failure(BREAKER, breaker, timing.clock()) : success(breaker);
      throw error;
    }
  }

  function ask<S extends z.ZodType>(
    request: Pick<ExchangeRequest, 'method' | 'body' | 'headers'> & { readonly path: string },
    schema: S,
  ): Promise<z.output<S>> {
    const { path, headers, ...rest } = request;
    const full: ExchangeRequest = {
      ...{ ...rest, url: `${base}${path}`, headers: { ...authorization, ...headers }, timeoutMs: TIMEOUT_MS },
      ...present({ signal, fetch }),
    };
    const until = timing.clock() + retryForMs;
    const trying = { ...timing, backoff: BACKOFF, until, ...present({ signal, onRetry }) };
    return retrying(() => once(full, schema), trying);
  }

  async function submit(path: string, body: { readonly report_id: string }): Promise<void> {
    await ask({ method: 'POST', path, body, headers: { 'idempotency-key': body.report_id } }, anything);
  }

  const get = <S extends z.ZodType>(path: string, criteria: object, schema: S): Promise<z.output<S>> =>
    ask({ method: 'GET', path: `${path}?${queryOf(criteria)}` }, schema);

  return {
    submitExecutionMetrics: (metrics) => submit('/execution-metrics', executionBody(metrics)),
    submitPerformanceData: (performance) => submit('/performance-data', performanceBody(performance)),
    submitFailureAnalysis: (analysis) => submit('/failure-analyses', failuresBody(analysis)),
    submitCapacityMetrics: (capacity) => submit('/capacity-metrics', capacityBody(capacity)),
    getPerformanceInsights: async (criteria) =>
      toInsights(await get('/performance-insights', criteria, performanceInsights)),
    getFailurePatterns: async (criteria) =>
      toPatterns(await get('/failure-patterns', criteria, failurePatterns)),
    getCapacityTrends: async (criteria) => toTrends(await get('/capacity-trends', criteria, capacityTrends)),
  };
}

function queryOf(criteria: object): URLSearchParams {
  const given = Object.entries(criteria).filter(([, value]) => value !== undefined);
  return new URLSearchParams(given.map(([name, value]): [string, string] => [name, String(value)]));
}
