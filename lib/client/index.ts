import { SYSTEM } from '../adapters/system';
import {
  type AnswerOf,
  type Ask,
  type CallOptions,
  createCaller,
  type OperationId,
  type RequestOf,
} from './caller';
import { PLACES } from './operations';

export { RepriseError } from '../core/errors';
export type * from './operations';
export { pages } from './pages';
export type { AnswerOf, CallOptions, OperationId, RequestOf };

export interface RepriseOptions {
  /** Address of the API, such as `http://127.0.0.1:4620`, with the path of its stage when it has one. */
  readonly api: string;
  /** The caller's JWT, or the token of the daemon. */
  readonly token: string;
  /** For each try, milliseconds; 30,000 by default. */
  readonly timeoutMs?: number;
  /** How long a call that only reads is tried again while the engine is busy or away, milliseconds; 30,000 by default. */
  readonly retryForMs?: number;
  /** Ends calls that are under way, and waits between them. */
  readonly signal?: AbortSignal;
  readonly fetch?: typeof fetch;
}

/** Every operation of the REST API by its id: `docs/openapi.json` describes them. */
export type Reprise = { readonly [Id in OperationId]: Operation<Id> };

/** @throws RepriseError with the code that the engine gave, and the problems that it named */
type Operation<Id extends OperationId> =
  object extends RequestOf<Id>
    ? (request?: RequestOf<Id>, options?: CallOptions) => Promise<AnswerOf<Id>>
    : (request: RequestOf<Id>, options?: CallOptions) => Promise<AnswerOf<Id>>;

const DEFAULT_MS = 30_000;

/**
 * A client of the REST API of an engine.
 * @example
 * const reprise = createClient({ api: 'http://127.0.0.1:4620', token });
 * const { job_id: jobId } = await reprise.submitJob({ body: { execution_graph: graph } });
 * const { status } = await reprise.getJob({ path: { jobId } });
 */
export function createClient(options: RepriseOptions): Reprise {
  const { api, token, timeoutMs = DEFAULT_MS, retryForMs: forMs = DEFAULT_MS, signal, fetch } = options;
  const retry = { forMs, ...(signal && { signal }) };
  const ask: Ask = createCaller({ ...{ api, token, timeoutMs, fetch, timing: SYSTEM }, retry });
  const operations = Object.entries(PLACES).map(([id, { method }]) => {
    // Who sends a change again may have changed twice.
    const own = method === 'GET' ? {} : { forMs: 0 };
    return [
      id,
      (request = {}, call: CallOptions = {}) => ask(id as OperationId, request, { ...own, ...call }),
    ];
  });
  return Object.fromEntries(operations) as Reprise;
}
