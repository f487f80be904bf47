import type { RepriseError } from '../core/errors';
import { present } from '../core/model/present';
import type { Timing } from '../core/model/time';
import { retrying } from '../core/retry/retrying';
import { type ExchangeRequest, exchange, trimSlash } from './exchange';
import { type Operations, PLACES } from './operations';

export type OperationId = keyof Operations;
/** What an operation takes: the parameters of its path, its query and its body. */
export type RequestOf<Id extends OperationId> = Sent<Omit<Operations[Id], 'answer'>>;
export type AnswerOf<Id extends OperationId> = Operations[Id]['answer'];

/** As a sender may have it: it is only read, and what is undefined is not sent. */
type Sent<T> = T extends readonly (infer Item)[]
  ? readonly Sent<Item>[]
  : T extends object
    ? { readonly [K in keyof T]: object extends Pick<T, K> ? Sent<T[K]> | undefined : Sent<T[K]> }
    : T;

/** How calls are tried again that fail with an error which another try may mend. */
export interface CallerRetry {
  /** How long to go on, milliseconds. */
  readonly forMs: number;
  readonly signal?: AbortSignal;
  readonly onRetry?: (error: RepriseError, delayMs: number) => void;
}

export interface CallerOptions {
  /** Address of the API, with the path of its stage when it has one. */
  readonly api: string;
  readonly token: string;
  /** For each try, milliseconds. */
  readonly timeoutMs: number;
  readonly retry: CallerRetry;
  readonly timing: Timing;
  readonly fetch?: typeof fetch | undefined;
  /** Reads an answer. @throws RepriseError where it is not one of this operation */
  readonly read?: (id: OperationId, status: number, answer: unknown) => unknown;
}

/** What holds for one call, in place of what holds for all. */
export interface CallOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly forMs?: number | undefined;
  readonly timeoutMs?: number;
}

export type Ask = <Id extends OperationId>(
  id: Id,
  request: RequestOf<Id>,
  options?: CallOptions,
) => Promise<AnswerOf<Id>>;

/** Full jitter up to 10 s: an engine that comes back is not met by all its callers in the same second. */
const BACKOFF = {
  strategy: 'exponential',
  initialDelayMs: 200,
  maxDelayMs: 10_000,
  jitter: 'full',
} as const;

/** Calls of the REST API as one caller, tried again while they fail retryably. */
export function createCaller(options: CallerOptions): Ask {
  const { api, token, retry, timing, read = (_id, _status, answer) => answer } = options;
  const { signal, onRetry } = retry;
  return (id, request, { headers = {}, forMs = retry.forMs, timeoutMs = options.timeoutMs } = {}) => {
    const sent: ExchangeRequest = {
      ...requestOf(trimSlash(api), id, request as Parts),
      ...{ headers: { authorization: `Bearer ${token}`, ...headers }, timeoutMs },
      ...present({ signal, fetch: options.fetch }),
    };
    const once = async () => {
      const { status, body } = await exchange(sent);
      return read(id, status, body) as AnswerOf<typeof id>;
    };
    const until = timing.clock() + forMs;
    return retrying(once, { ...timing, backoff: BACKOFF, until, ...present({ signal, onRetry }) });
  };
}

/** The parts of a request as they are described; not all operations have each. */
interface Parts {
  readonly path?: Readonly<Record<string, string | number>>;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly body?: unknown;
}

function requestOf(base: string, id: OperationId, parts: Parts) {
  const { method, path, accepts } = PLACES[id];
  const at = path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(String(parts.path?.[name])));
  const query = new URLSearchParams(
    Object.entries(present(parts.query ?? {})).map(([name, value]): [string, string] => [
      name,
      String(value),
    ]),
  );
  const url = `${base}${at}${query.size > 0 ? `?${query}` : ''}`;
  return { method, url, ...present({ body: parts.body, accepts }) };
}
