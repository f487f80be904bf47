import { randomBytes } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { ulid } from 'ulid';
import { version } from '../../package.json';
import { closeUnread } from '../adapters/http/unread';
import { bodyOf } from '../api/body';
import { type Correlation, correlationHeaders, correlationOf } from '../api/correlation';
import { errorAnswer } from '../api/http-errors';
import { openApi } from '../api/openapi';
import { isRefusal, refusalOf } from '../api/refusal';
import { requireScope, type Served } from '../api/route';
import { bodyTooLarge, parse } from '../contract/read';
import { sameToken } from '../core/access/attempt-token';
import type { Caller } from '../core/access/scopes';
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
  /** Hears who was refused what, and why. */
  readonly onRefused?: (refused: {
    readonly route: string;
    readonly subject: string;
    readonly reason: string;
    readonly correlationId: string;
  }) => void;
  /** Hears of what went wrong on our side. */
  readonly onFault: (message: string, error: unknown) => void;
}

type Env = { Variables: { correlation: Correlation } };

const FRESH = { traceId: () => randomBytes(16).toString('hex'), correlationId: ulid };

/** Serves routes over HTTP: correlation, token and JSON in; JSON out, and errors in the shape of the contract. */
export function createApp(options: AppOptions): Hono<Env> {
  const app = new Hono<Env>();
  const served = new Set(options.routes.map(({ route }) => route));
  let document: object | undefined;

  app.use(closeUnread);
  app.use(async (c, next) => {
    const correlation = correlationOf((name) => c.req.header(name), FRESH);
    c.set('correlation', correlation);
    await next();
    for (const [name, value] of Object.entries(correlationHeaders(correlation))) c.header(name, value);
  });
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
    await next();
  });
  for (const served of options.routes) {
    const { method, path } = placeOf(served);
    app.on(method, path, boundedBody(served), (c) => answer(c, served, options.caller));
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

async function answer(c: Context<Env>, { route, handle }: Served, caller: Caller): Promise<Response> {
  requireScope(caller, route.scopes);
  const { status, body } = await handle({
    body: parse(
      route.body,
      bodyOf(route, new Uint8Array(await c.req.arrayBuffer()), c.req.header('content-type')),
    ),
    params: parse(route.params, c.req.param()),
    query: parse(route.query, c.req.query()),
    caller,
    ...c.get('correlation'),
    requestId: ulid(),
    header: (name) => c.req.header(name),
    // Nothing ends a call from outside.
    remainingMs: () => LIMITS.callMs,
  });
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
  const { traceId, correlationId } = c.get('correlation');
  const { status, headers, body } = errorAnswer(error, traceId);
  if (status >= 500) onFault(`${c.req.method} ${c.req.path} failed, call ${correlationId}`, error);
  if (isRefusal(error)) {
    // Without the token nobody is known.
    const subject = error.code === 'UNAUTHENTICATED' ? '' : caller.subject;
    onRefused?.({ route: `${c.req.method} ${c.req.path}`, subject, reason: refusalOf(error), correlationId });
  }
  return c.json(body, status as ContentfulStatusCode, headers);
}
