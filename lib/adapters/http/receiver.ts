import { RepriseError } from '../../core/errors';
import { LIMITS } from '../../core/limits';
import { present } from '../../core/model/present';

export interface Posting {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** From the first byte sent to the last received, milliseconds. */
  readonly timeoutMs: number;
  readonly fetch: typeof fetch;
  readonly clock: () => number;
}

/** Statuses of a receiver that may take it later: https://www.rfc-editor.org/rfc/rfc9110#section-15 */
const LATER: ReadonlySet<number> = new Set([408, 425, 429]);

/** What of an answer is said where it is a refusal. */
const QUOTED = 200;

/**
 * Posts JSON to a receiver that is not ours, and reads no more of its answer than says why it refuses. What is said of it
 * names its host alone: the rest of an address may be secret.
 * @throws RepriseError UPSTREAM_UNAVAILABLE (retryable) without an answer, after 408, 425, 429 and 5xx, with
 *   `context.retryAfterMs` where the answer says when; ENDPOINT_REFUSED where it must not be called; else INPUT_INVALID.
 */
export async function post({ url, headers, body, timeoutMs, fetch, clock }: Posting): Promise<void> {
  const { host } = new URL(url);
  const signal = AbortSignal.timeout(timeoutMs);
  let response: Response;
  let said: string;
  try {
    const all = { 'content-type': 'application/json', 'user-agent': 'reprise', ...headers };
    response = await fetch(url, { method: 'POST', headers: all, body, signal, redirect: 'error' });
    said = await beginning(response);
  } catch (error) {
    throw error instanceof RepriseError ? error : unreachable(host, error as Error, timeoutMs);
  }
  if (response.ok) return;
  const { status } = response;
  const message = `${host} answered ${status}${said === '' ? '' : `: ${said}`}`;
  if (!LATER.has(status) && status < 500)
    throw new RepriseError('INPUT_INVALID', message, { context: { status } });
  const retryAfterMs = retryAfter(response.headers.get('retry-after'), clock());
  throw new RepriseError('UPSTREAM_UNAVAILABLE', message, {
    context: { status, ...present({ retryAfterMs }) },
  });
}

/** The first words of an answer, in one line. The rest is not read. */
async function beginning(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= LIMITS.deliveryAnswer) break;
  }
  const text = Buffer.concat(chunks).toString('utf8');
  return text
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim()
    .slice(0, QUOTED);
}

function unreachable(host: string, { name, message, cause }: Error, timeoutMs: number): RepriseError {
  const inner = cause instanceof Error ? cause.message || (cause as NodeJS.ErrnoException).code : undefined;
  const why = name === 'TimeoutError' ? `no answer within ${timeoutMs} ms` : (inner ?? message);
  // Wherever it leads to was not checked, and nobody signed for it.
  if (why.includes('redirect'))
    return new RepriseError('INPUT_INVALID', `${host} redirects: give the address that it redirects to`);
  return new RepriseError('UPSTREAM_UNAVAILABLE', `${host}: ${why}`);
}

/** Seconds, or a date. */
function retryAfter(header: string | null, now: number): number | undefined {
  if (header === null) return undefined;
  const ms = /^\d{1,6}$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - now;
  return Number.isFinite(ms) && ms >= 0 ? Math.min(ms, LIMITS.retryAfterMs) : undefined;
}
