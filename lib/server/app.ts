import { getConnInfo } from '@hono/node-server/conninfo';
import { type Context, Hono, type MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { ulid } from 'ulid';
import { version } from '../../package.json';
import { closeUnread } from '../adapters/http/unread';
import { recordOfCall } from '../api/audited';
import { bodyOf } from '../api/body';
import { errorAnswer } from '../api/http-errors';
import { openApi } from '../api/openapi';
import { isRefusal, refusalOf } from '../api/refusal';
import { isTraceId, requireScope, type Served } from '../api/route';
import { bodyTooLarge, parse } from '../contract/read';
import { sameToken } from '../core/access/attempt-token';
import type { Caller } from '../core/access/scopes';
import type { AuditTrail } from '../core/audit/trail';
import { RepriseError } from '../core/errors';
import { LIMITS } from '../core/limits';
import { serveDashboard } from './dashboard';

export interface AppOptions {
  readonly routes: readonly Served[];
  /** What every call has to present, but those of `/healthz` and `/openapi.json`. */
  readonly token: string;
  /** Whoever presents it. */
  readonly caller: Caller;
  /** What `/healthz` tells besides that it is up. */
  readonly health: () => Promise<Readonly<Record<string, unknown>>>;
  /** Where the files of the page are, for whoever has them. */
  readonly dashboard?: string | undefined;
  /** Where calls are recorded before they are answered. */
  readonly trail?: AuditTrail;
  /** Hears who was refused what, and why. */
  readonly onRefused?: (refused: {
    readonly route: string;
    readonly subject: string;
    readonly reason: string;
  }) => void;
  /** Hears of what went wrong on our side. */
  readonly onFault: (message: string, error: unknown) => void;
}

type Env = {
  Variables: {
    traceId: string;
    requestId: string;
    /** Absent where the token was not presented. */
    caller?: Caller;
    answer?: { readonly status: number; readonly body: unknown };
  };
};

/** Serves routes over HTTP: trace id, token and JSON in; JSON out, and errors in the shape of the contract. */
export function createApp(options: AppOptions): Hono<Env> {
  const app = new Hono<Env>();
  const served = new Set(options.routes.map(({ route }) => route));
  let document: object | undefined;

  app.use(closeUnread);
  app.use(async (c, next) => {
    const given = c.req.header('x-trace-id') ?? c.req.header('x-correlation-id');
    c.set('traceId', given !== undefined && isTraceId(given) ? given : ulid());
    c.set('requestId', ulid());
    await next();
    c.header('X-Trace-Id', c.get('traceId'));
  });
  app.use(audited(options));
  app.get('/healthz', async (c) => c.json({ status: 'ok', ...(await options.health()) }));
  if (options.dashboard) serveDashboard(app, options.dashboard);
  // Nothing secret is in it, and whoever looks for the way in has no token yet.
  app.get('/openapi.json', (c) => {
    document ??= openApi(version, (route) => served.has(route));
    return c.json(document);
  });
  app.use(async (c, next) => {
    const given = /^Bearer +(\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1] ?? '';
    if (!sameToken(given, options.token)) throw unauthenticated();
    // One for each call, which is what is noted of it.
    c.set('caller', { ...options.caller });
    await next();
  });
  for (const served of options.routes) {
    const { method, path } = placeOf(served);
    app.on(method, path, boundedBody(served), (c) => answer(c, served));
  }
  for (const [path, methods] of methodsByPath(options.routes)) {
    app.all(path, (c) => {
      c.header('Allow', methods.join(', '));
      throw refused(405, `${c.req.path} has no ${c.req.method}, but ${methods.join(' and ')}`);
    });
  }
  app.notFound((c) => fail(c, refused(404, `no ${c.req.method} ${c.req.path} in the API`), options));
  app.onError((error, c) => fail(c, error, options));
  return app;
}

/** Method and path of a route, as the router writes its parameters. */
function placeOf({ route: { name } }: Served) {
  const [method = '', path = ''] = name.split(' ');
  return { method, path: path.replace(/\{(\w+)\}/g, ':$1') };
}

function methodsByPath(routes: readonly Served[]): Map<string, string[]> {
  const methods = new Map<string, string[]>();
  for (const { method, path } of routes.map(placeOf))
    methods.set(path, [...(methods.get(path) ?? []), method]);
  return methods;
}

/** Records every call of a route, and every refusal, before it is answered. */
function audited({ routes, trail }: AppOptions): MiddlewareHandler<Env> {
  const patterns = routes.map(({ route }) => {
    const [method = '', path = ''] = route.name.split(' ');
    return { route, method, pattern: new RegExp(`^${path.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`) };
  });
  return async (c, next) => {
    await next();
    const { method, path } = c.req;
    // By its path: whoever has no token is refused before a route is looked for.
    const found = patterns.find((each) => each.method === method && each.pattern.test(path));
    if (!trail || !found) return;
    const params = found.pattern.exec(path)?.groups ?? {};
    const call = { route: found.route, caller: c.get('caller'), source: sourceOf(c), params };
    const { error } = c;
    const { status, body } = c.get('answer') ?? { status: c.res.status, body: undefined };
    const record = recordOfCall(call, error === undefined ? { status, body } : { error });
    if (record) await trail.note(record, { requestId: c.get('requestId'), traceId: c.get('traceId') });
  };
}

/** The address at the other end of the connection; what headers say of others is anybody's word. */
function sourceOf(c: Context<Env>): string {
  try {
    return getConnInfo(c).remote.address ?? '';
  } catch {
    // Nobody is connected where a call is made in this process.
    return '';
  }
}

async function answer(c: Context<Env>, { route, handle }: Served): Promise<Response> {
  const caller = c.get('caller');
  if (!caller) throw unauthenticated();
  requireScope(caller, route.scopes);
  const { status, body } = await handle({
    body: parse(
      route.body,
      bodyOf(route, new Uint8Array(await c.req.arrayBuffer()), c.req.header('content-type')),
    ),
    params: parse(route.params, c.req.param()),
    query: parse(route.query, c.req.query()),
    caller,
    traceId: c.get('traceId'),
    requestId: c.get('requestId'),
    header: (name) => c.req.header(name),
    // Nothing ends a call from outside.
    remainingMs: () => LIMITS.callMs,
  });
  c.set('answer', { status, body });
  return c.json(body, status as ContentfulStatusCode);
}

/** No more of a body is taken in than its route reads. */
function boundedBody({ route: { bounds } }: Served) {
  const onError = () => {
    throw bodyTooLarge(bounds);
  };
  return bodyLimit({ maxSize: bounds.bytes, onError });
}

/** An error of HTTP itself, which `errorAnswer` knows. */
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
