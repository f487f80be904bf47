import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { ulid } from 'ulid';
import { errorAnswer } from '../api/http-errors';
import { isRefusal, refusalOf } from '../api/refusal';
import { isTraceId, parse, requireScope, type Served } from '../api/route';
import { sameToken } from '../core/access/attempt-token';
import type { Caller } from '../core/access/scopes';
import { RepriseError } from '../core/errors';

export interface AppOptions {
  readonly routes: readonly Served[];
  /** What every call has to present, but that of `/healthz`. */
  readonly token: string;
  /** Whoever presents it. */
  readonly caller: Caller;
  /** What `/healthz` tells besides that it is up. */
  readonly health: () => Promise<Readonly<Record<string, unknown>>>;
  /** Hears who was refused what, and why. */
  readonly onRefused?: (refused: {
    readonly route: string;
    readonly subject: string;
    readonly reason: string;
  }) => void;
  /** Hears of what went wrong on our side. */
  readonly onFault: (message: string, error: unknown) => void;
}

type Env = { Variables: { traceId: string } };

/** As much as API Gateway takes. */
const MAX_BODY_BYTES = 10 * 1024 * 1024;
/** Nothing ends a call from outside: as long as API Gateway would give it. */
const CALL_MS = 29_000;

/** Serves routes over HTTP: trace id, token and JSON in; JSON out, and errors in the shape of the contract. */
export function createApp(options: AppOptions): Hono<Env> {
  const app = new Hono<Env>();

  app.use(async (c, next) => {
    const given = c.req.header('x-trace-id') ?? c.req.header('x-correlation-id');
    c.set('traceId', given !== undefined && isTraceId(given) ? given : ulid());
    await next();
    c.header('X-Trace-Id', c.get('traceId'));
  });
  app.get('/healthz', async (c) => c.json({ status: 'ok', ...(await options.health()) }));
  app.use(async (c, next) => {
    const given = /^Bearer +(\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1] ?? '';
    if (!sameToken(given, options.token)) throw unauthenticated();
    await next();
  });
  app.use(
    bodyLimit({
      maxSize: MAX_BODY_BYTES,
      onError: () => {
        throw refused(413, `the body is larger than ${MAX_BODY_BYTES} bytes`);
      },
    }),
  );
  for (const served of options.routes) {
    const [method = '', path = ''] = served.route.name.split(' ');
    app.on(method, path.replace(/\{(\w+)\}/g, ':$1'), (c) => answer(c, served, options.caller));
  }
  app.notFound((c) => fail(c, refused(404, `no ${c.req.method} ${c.req.path} in the API`), options));
  app.onError((error, c) => fail(c, error, options));
  return app;
}

async function answer(c: Context<Env>, { route, handle }: Served, caller: Caller): Promise<Response> {
  requireScope(caller, route.scopes);
  const { status, body } = await handle({
    body: parse(route.body, await bodyOf(c)),
    params: parse(route.params, c.req.param()),
    query: parse(route.query, c.req.query()),
    caller,
    traceId: c.get('traceId'),
    requestId: ulid(),
    header: (name) => c.req.header(name),
    remainingMs: () => CALL_MS,
  });
  return c.json(body, status as ContentfulStatusCode);
}

/** A call without a body has the body `{}`: routes say themselves what they require. */
async function bodyOf(c: Context<Env>): Promise<unknown> {
  const text = await c.req.text();
  if (text === '') return {};
  if (!/^application\/(.+\+)?json\b/i.test(c.req.header('content-type') ?? ''))
    throw refused(415, 'not JSON');
  try {
    return JSON.parse(text);
  } catch {
    throw refused(422, 'malformed JSON');
  }
}

/** An error as parsers of HTTP throw it, which `errorAnswer` knows. */
function refused(statusCode: number, message: string): Error {
  return Object.assign(new Error(message), { statusCode });
}

function unauthenticated(): RepriseError {
  return new RepriseError('UNAUTHENTICATED', 'send the token of server.json: Authorization: Bearer <token>');
}

function fail(c: Context<Env>, error: unknown, options: AppOptions): Response {
  const { onFault, onRefused, caller } = options;
  const { status, headers, body } = errorAnswer(error, c.get('traceId'));
  if (status >= 500) onFault(`${c.req.method} ${c.req.path} failed`, error);
  if (isRefusal(error)) {
    // Without the token nobody is known.
    const subject = error.code === 'UNAUTHENTICATED' ? '' : caller.subject;
    onRefused?.({ route: `${c.req.method} ${c.req.path}`, subject, reason: refusalOf(error) });
  }
  return c.json(body, status as ContentfulStatusCode, headers);
}
