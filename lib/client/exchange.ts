import { ERRORS, type ErrorCode, isRepriseError, RepriseError } from '../core/errors';
import { LIMITS } from '../core/limits';
import { present } from '../core/model/present';

export interface ExchangeRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** From the first byte sent to the last received, milliseconds. */
  readonly timeoutMs: number;
  /** Statuses that say no, and whose body is the answer all the same. */
  readonly accepts?: readonly number[];
  /** How long the answer may be. */
  readonly maxBytes?: number;
  /** Ends the call early. */
  readonly signal?: AbortSignal;
  readonly fetch?: typeof fetch;
}

/**
 * One HTTP call; answers the parsed body, the text of XML, undefined where it is neither.
 * @throws RepriseError UPSTREAM_UNAVAILABLE (retryable) without an answer, after 429 and 5xx, with
 * `context.retryAfterMs` when the answer names it; else the code the answer gives, or the one its status stands for.
 */
export async function exchange(
  request: ExchangeRequest,
): Promise<{ readonly status: number; readonly body: unknown }> {
  const response = await send(request);
  const { status, ok } = response;
  const text = await readText(request, response);
  if (!ok && !request.accepts?.includes(status)) throw refusal(request, response, text);
  const isXml = /xml/.test(response.headers.get('content-type') ?? '');
  return { status, body: isXml ? text : jsonOf(text) };
}

/** What an answer is that the contract does not know. */
export function foreignAnswer(name: string, status: number, cause: unknown): RepriseError {
  const message = `${name} answered ${status} with another body than the contract: is the address right?`;
  return new RepriseError('INPUT_INVALID', message, { cause });
}

async function send(request: ExchangeRequest): Promise<Response> {
  const { method, url, headers = {}, body, timeoutMs, signal } = request;
  checkHeaders(request, headers);
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    return await (request.fetch ?? fetch)(url, {
      method,
      headers: body === undefined ? headers : { 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      // Credentials must not follow a redirect to another host.
      redirect: 'error',
    });
  } catch (cause) {
    throw isRepriseError(cause) ? cause : unreachable(request, cause);
  }
}

/** What `fetch` says of a header that it refuses has its value, which may be a token: it is not said. */
function checkHeaders(request: ExchangeRequest, headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(headers)) {
    if (isHeader(name, value)) continue;
    const message = `${nameOf(request)}: the header ${name} cannot be sent, as its value holds a line break or another character that no header has`;
    throw new RepriseError('INPUT_INVALID', message);
  }
}

function isHeader(name: string, value: string): boolean {
  try {
    return new Headers([[name, value]]).has(name);
  } catch {
    return false;
  }
}

/** The answer, as long as it may be: what answers need not be what was meant. */
async function readText(request: ExchangeRequest, response: Response): Promise<string> {
  const { maxBytes = LIMITS.answerBytes } = request;
  const reader = response.body?.getReader();
  const decoder = new TextDecoder();
  let text = '';
  try {
    for (let size = 0; reader; ) {
      const { done, value } = await reader.read();
      if (done) break;
      size += value.length;
      if (size > maxBytes) {
        void reader.cancel().catch(() => undefined);
        throw tooLong(request, maxBytes);
      }
      text += decoder.decode(value, { stream: true });
    }
  } catch (cause) {
    throw isRepriseError(cause) ? cause : unreachable(request, cause);
  }
  return text + decoder.decode();
}

function tooLong(request: ExchangeRequest, maxBytes: number): RepriseError {
  const message = `${nameOf(request)} answered with more than ${maxBytes} bytes: is the address right?`;
  return new RepriseError('INPUT_TOO_LARGE', message);
}

function unreachable(request: ExchangeRequest, cause: unknown): RepriseError {
  const { name, message, cause: inner } = cause as Error;
  const why =
    name === 'TimeoutError'
      ? `no answer within ${request.timeoutMs} ms`
      : inner instanceof Error
        ? inner.message || (inner as NodeJS.ErrnoException).code || message
        : message;
  return new RepriseError('UPSTREAM_UNAVAILABLE', `${nameOf(request)}: ${why}`, { cause });
}

function refusal(request: ExchangeRequest, response: Response, text: string): RepriseError {
  const { status } = response;
  const read = toldIn(jsonOf(text));
  const detail = read.detail ?? read.title ?? (text.slice(0, 200) || response.statusText);
  const told = { ...read, detail };
  const retryAfterMs = retryAfter(response.headers.get('retry-after'));
  return refusalOf(nameOf(request), { status, told, ...present({ retryAfterMs }) });
}

/** What is read of an error, whoever tells it: services of others say less, or something else. */
interface Told {
  readonly title?: string;
  readonly detail?: string;
  readonly code?: string;
  readonly problems?: readonly { readonly path: string; readonly message: string }[];
  readonly more_problems?: number;
}

function toldIn(answer: unknown): Told {
  if (typeof answer !== 'object' || answer === null) return {};
  const { title, detail, code, problems, more_problems: more } = answer as Record<string, unknown>;
  const isProblem = (each: Partial<Record<string, unknown>> | null) =>
    typeof each?.['path'] === 'string' && typeof each['message'] === 'string';
  return present({
    title: textOf(title),
    detail: textOf(detail),
    code: textOf(code),
    problems: Array.isArray(problems) ? problems.filter(isProblem) : undefined,
    more_problems: typeof more === 'number' ? more : undefined,
  });
}

const textOf = (value: unknown) => (typeof value === 'string' ? value : undefined);

/** A refusal as the contract tells it. */
interface Refusal {
  readonly status: number;
  readonly told: Told & { readonly detail: string };
  readonly retryAfterMs?: number;
}

/** The error that a refused call is. @param name of the call. */
export function refusalOf(name: string, { status, told, retryAfterMs }: Refusal): RepriseError {
  const isBusy = status === 429 || status >= 500;
  const isOurs = status === 429 && (told.code === 'QUEUE_FULL' || told.code === 'QUOTA_EXCEEDED');
  const busy = isOurs ? (told.code as ErrorCode) : 'UPSTREAM_UNAVAILABLE';
  const code = isBusy ? busy : isKnown(told.code) ? told.code : codeOf(status);
  const problems = told.problems?.map((problem) => ({ code, ...problem })) ?? [];
  const count = problems.length + (told.more_problems ?? 0);
  const context = { status, ...present({ retryAfterMs }) };
  return new RepriseError(code, `${name} answered ${status}: ${told.detail}`, { context, problems, count });
}

function codeOf(status: number): ErrorCode {
  if (status === 401) return 'UNAUTHENTICATED';
  if (status === 403) return 'FORBIDDEN';
  if (status === 408) return 'UPSTREAM_UNAVAILABLE';
  return 'INPUT_INVALID';
}

function isKnown(code: string | undefined): code is ErrorCode {
  return code !== undefined && Object.hasOwn(ERRORS, code);
}

/** `Retry-After` in seconds; its other form, a date, is not what services of this contract send. */
function retryAfter(header: string | null): number | undefined {
  return header !== null && /^\d{1,6}$/.test(header) ? Number(header) * 1_000 : undefined;
}

/** Without the query, which may hold what does not belong into a log. */
export function nameOf({ method, url }: ExchangeRequest): string {
  return `${method} ${url.split('?')[0]}`;
}

function jsonOf(text: string): unknown {
  if (text === '') return {};
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** An address as callers give it, without the slash at its end, so that paths can be added to it. */
export function trimSlash(address: string): string {
  return address.replace(/\/+$/, '');
}
