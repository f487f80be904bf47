import * as z from 'zod';
import { type ExchangeRequest, trimSlash } from '../../client/exchange';
import { fromResultsBody, refOf, toRequestBody } from '../../contract/execution-wire';
import {
  ANSWERS_HEADER,
  ANSWERS_START,
  executionAccepted,
  executionResults,
  executionStatus,
  runningExecutions,
} from '../../contract/executions';
import { isRepriseError } from '../../core/errors';
import { LIMITS } from '../../core/limits';
import type { AttemptRef } from '../../core/model/attempt';
import { attemptKey } from '../../core/model/attempt';
import type { AttemptRequest, TestExecutionEngine } from '../../core/ports/execution';
import { call } from './call';

export interface TestExecutionClientOptions {
  /** Where the worker serves the contract. */
  readonly endpoint: string;
  readonly dispatchToken: string;
  /** What the worker sends back with its callbacks: a token for all refs asked for, or one for each. */
  readonly attemptToken: string | ((ref: AttemptRef) => string);
  /** For each call, milliseconds; 5,000 by default. */
  readonly timeoutMs?: number;
  readonly fetch?: typeof fetch;
}

/** How a worker took an attempt: one that is `started` is not reported as started besides. */
export type Taken = 'accepted' | 'started';

/** The contract over HTTP, whose answers say more. */
export interface TestExecutionClient extends TestExecutionEngine {
  /** `submit`, with the start in the answer where the worker can. */
  readonly take: (request: AttemptRequest) => Promise<Taken>;
  /** What the worker runs; nothing where it is of a version that does not say. */
  readonly running: () => Promise<readonly AttemptRef[]>;
}

const DEFAULT_TIMEOUT_MS = 5_000;
const anything = z.unknown();

/**
 * The Test Execution Engine contract of one worker over HTTP.
 * @throws RepriseError UPSTREAM_UNAVAILABLE (retryable) when the worker does not answer or is full; a terminal one
 * when it refuses.
 */
export function createTestExecutionClient(options: TestExecutionClientOptions): TestExecutionClient {
  const base = `${trimSlash(options.endpoint)}/executions`;
  const { attemptToken } = options;
  const tokenOf = typeof attemptToken === 'string' ? () => attemptToken : attemptToken;

  function to(method: 'GET' | 'POST', url: string, body?: unknown): ExchangeRequest {
    return {
      method,
      url,
      headers: { authorization: `Bearer ${options.dispatchToken}` },
      timeoutMs: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
      maxBytes: LIMITS.bodyBytes,
      ...(body === undefined ? {} : { body }),
      ...(options.fetch ? { fetch: options.fetch } : {}),
    };
  }

  return {
    async submit(request) {
      await call(to('POST', base, toRequestBody(request, tokenOf(request))), anything);
    },
    async take(request) {
      const wanted = to('POST', base, toRequestBody(request, tokenOf(request)));
      const headers = { ...wanted.headers, [ANSWERS_HEADER]: ANSWERS_START };
      return (await call({ ...wanted, headers }, executionAccepted)).started ? 'started' : 'accepted';
    },
    async running() {
      try {
        return (await call(to('GET', base), runningExecutions)).running.map(refOf);
      } catch (error) {
        if (isRepriseError(error) && error.context['status'] === 404) return [];
        throw error;
      }
    },
    async status(ref) {
      return (await call(to('GET', `${base}/${attemptKey(ref)}`), executionStatus)).status;
    },
    async cancel(ref, reason) {
      await call(to('POST', `${base}/${attemptKey(ref)}/cancel`, { reason }), anything);
    },
    async results(ref) {
      try {
        return fromResultsBody(await call(to('GET', `${base}/${attemptKey(ref)}/results`), executionResults));
      } catch (error) {
        if (isRepriseError(error) && error.context['status'] === 404) return undefined;
        throw error;
      }
    },
  };
}
