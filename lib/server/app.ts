import { randomBytes } from 'node:crypto';
import { getConnInfo } from '@hono/node-server/conninfo';
import { type Context, Hono, type MiddlewareHandler, type Next } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { version } from '../../package.json';
import { closeUnread } from '../adapters/http/unread';
import { newId } from '../adapters/system';
import { recordOfCall } from '../api/audited';
import { type Correlation, correlationHeaders, correlationOf } from '../api/correlation';
import { errorAnswer } from '../api/http-errors';
import type { AnswerKeeping } from '../api/idempotency';
import { methodNotAllowed, methodOfRoute, methodsByPath, routeNotFound } from '../api/methods';
import { openApi } from '../api/openapi';
import { perform } from '../api/perform';
import { onceEach } from '../api/query';
import { isRefusal, refusalOf } from '../api/refusal';
import { placeOf, type Route, type Served } from '../api/route';
import { ROUTES } from '../api/routes';
import { bodyTooLarge } from '../contract/read';
import type { Caller } from '../core/access/scopes';
import type { AuditTrail } from '../core/audit/trail';
import { LIMITS } from '../core/limits';
import { type CallersOptions, createCallers } from './callers';
import { type Changes, sendChanges } from './changes';
import { serveApiPage, serveDashboard } from './dashboard';
import { guarded } from './guard';
import type { MetricsText } from './metrics';

/** Every call is of somebody known, but those of `/healthz`, `/openapi.json`, `/metrics` and what is open. */
export interface AppOptions extends CallersOptions {
  readonly routes: readonly Served[];
  /** Names of this server, beside addresses and `localhost`. */
  readonly names?: readonly string[];
  /** What `/healthz` tells besides that it is up. */
  readonly health: () => Promise<Readonly<Record<string, unknown>>>;
  /** Where the files of the page are, for whoever has them. */
  readonly dashboard?: string | undefined;
  /** Where that page asks to sign somebody in, beside this server. */
  readonly signInOrigins?: readonly string[] | undefined;
  /** The directory of the page that draws the API; none where it was not built. */
  readonly apiPage?: string | undefined;
  /** What `GET /changes` tells, where it is told. */
  readonly changes?: Changes;
  /** Routes that whoever asks is answered: they name nobody's jobs. */
  readonly open?: readonly Served[];
  /** What `GET /metrics` answers, to whoever asks. */
  readonly metrics?: () => Promise<MetricsText>;
  /** Hears of every route that was answered, and how long that took, in milliseconds. */
  readonly onAnswered?: (answered: {
    readonly route: string;
    readonly status: number;
    readonly ms: number;
  }) => void;
  /** Where calls are recorded before they are answered. */
  readonly trail?: AuditTrail;
  /** Where answers to calls with an `Idempotency-Key` are kept. */
  readonly keeping?: AnswerKeeping;
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

type Env = {
  Variables: {
    correlation: Correlation;
    requestId: string;
    /** Absent where the token was not presented. */
    caller?: Caller;
    answer?: { readonly status: number; readonly body: unknown };
  };
};

const FRESH = { traceId: () => randomBytes(16).toString('hex'), correlationId: newId };

/** Serves routes over HTTP: correlation, token and JSON in; JSON out, and errors in the shape of the contract. */
export function createApp(options: AppOptions): Hono<Env> {
  const app = new Hono<Env>();
  const { open = [], routes } = options;
  const served = new Set([...open, ...routes].map(({ route }) => route));
  const callerOf = createCallers(options);
  let document: object | undefined;

  app.use(closeUnread);
  app.use(async (c, next) => {
    const correlation = correlationOf((name) => c.req.header(name), FRESH);
    c.set('correlation', correlation);
    c.set('requestId', newId());
    await next();
    for (const [name, value] of Object.entries(correlationHeaders(correlation))) c.header(name, value);
  });
  app.use(audited(options));
  app.use(guarded(options.names ?? []));
  app.get('/healthz', async (c) => c.json({ status: 'ok', ...(await options.health()) }));
  if (options.dashboard) serveDashboard(app, options.dashboard, options.signInOrigins);
  if (options.apiPage) serveApiPage(app, options.apiPage);
  // Nothing secret is in it, and whoever looks for the way in has no token yet.
  app.get('/openapi.json', (c) => {
    const hasChanges = options.changes !== undefined;
    document ??= openApi(
      version,
      (route) => served.has(route) || (hasChanges && route === ROUTES.getChanges),
    );
    return c.json(document);
  });
  // No token is asked for: whoever asks is answered as its owner.
  for (const each of open) listenOn(app, each, options, options.caller);
  if (options.metrics) app.get('/metrics', metricsOf(options.metrics));
  const unnamed = ['/healthz', '/openapi.json', ...(options.metrics ? ['/metrics'] : [])];
  answerOthers(app, [...unnamed.map((path) => ({ name: `GET ${path}` })), ...open.map(({ route }) => route)]);
  app.use(async (c, next) => {
    c.set('caller', await callerOf(c.req.header('authorization')));
    await next();
  });
  const { changes } = options;
  // Whoever asks for the head of a stream without end listens to none of it.
  const isHead = (c: Context) => c.req.method === 'HEAD';
  const { type } = ROUTES.getChanges;
  if (changes)
    app.get('/changes', (c) =>
      isHead(c) ? c.body(null, 200, { 'Content-Type': type }) : sendChanges(c, changes),
    );
  for (const each of routes) listenOn(app, each, options);
  answerOthers(app, [...routes.map(({ route }) => route), ...(changes ? [ROUTES.getChanges] : [])]);
  app.notFound((c) => {
    return fail(c, routeNotFound(c.req.method, c.req.path), options);
  });
  app.onError((error, c) => fail(c, error, options));
  return app;
}

/** A path as the router writes its parameters. */
const listened = (path: string): string => path.replace(/\{(\w+)\}/g, ':$1');

/** Answers what paths have no route for: OPTIONS, and methods that they do not take. */
function answerOthers(app: Hono<Env>, routes: readonly Pick<Route, 'name'>[]): void {
  for (const [path, allowed] of methodsByPath(routes)) {
    app.all(listened(path), (c) => {
      if (c.req.method === 'OPTIONS') return c.body(null, 204, { Allow: allowed.join(', ') });
      throw methodNotAllowed(c.req.method, c.req.path, allowed);
    });
  }
}

/** @param caller who calls, where no token says it. */
function listenOn(app: Hono<Env>, served: Served, options: AppOptions, caller?: Caller): void {
  const { onAnswered } = options;
  const { name } = served.route;
  const { method, path } = placeOf(name);
  const timed = async (c: Context<Env>, next: Next) => {
    const began = performance.now();
    if (caller) c.set('caller', caller);
    await next();
    onAnswered?.({ route: name, status: c.res.status, ms: performance.now() - began });
  };
  app.on(method, listened(path), timed, boundedBody(served), (c) => answer(c, served, options));
}

const metricsOf = (read: () => Promise<MetricsText>) => async (c: Context<Env>) => {
  const { contentType, body } = await read();
  return c.body(body, 200, { 'Content-Type': contentType });
};

/** Records every call of a route, and every refusal, before it is answered. */
function audited({ routes, trail }: AppOptions): MiddlewareHandler<Env> {
  const patterns = routes.map(({ route }) => {
    const { method, path } = placeOf(route.name);
    return { route, method, pattern: new RegExp(`^${path.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`) };
  });
  return async (c, next) => {
    await next();
    const { path } = c.req;
    const method = methodOfRoute(c.req.method);
    // By its path: whoever has no token is refused before a route is looked for.
    const found = patterns.find((each) => each.method === method && each.pattern.test(path));
    if (!trail || !found) return;
    const params = found.pattern.exec(path)?.groups ?? {};
    const call = { route: found.route, caller: c.get('caller'), source: sourceOf(c), params };
    const { error } = c;
    const { status, body } = c.get('answer') ?? { status: c.res.status, body: undefined };
    const record = recordOfCall(call, error === undefined ? { status, body } : { error });
    if (record) await trail.note(record, { requestId: c.get('requestId'), ...c.get('correlation') });
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

async function answer(c: Context<Env>, served: Served, { keeping }: AppOptions): Promise<Response> {
  const caller = c.get('caller');
  if (!caller) throw new Error(`${served.route.name} is served to nobody`);
  const { status, headers, text, body } = await perform(
    served,
    {
      ...{ caller, ...c.get('correlation'), requestId: c.get('requestId') },
      ...{ params: c.req.param(), query: onceEach(c.req.queries()) },
      bytes: new Uint8Array(await c.req.arrayBuffer()),
      header: (name) => c.req.header(name),
      // Nothing ends a call from outside.
      remainingMs: () => LIMITS.callMs,
    },
    keeping,
  );
  c.set('answer', { status, body });
  if (text === undefined) return c.body(null, status as 304, headers);
  return c.body(text, status as ContentfulStatusCode, { 'Content-Type': served.route.type, ...headers });
}

/** No more of a body is taken in than its route reads. */
function boundedBody({ route: { bounds } }: Served) {
  const onError = () => {
    throw bodyTooLarge(bounds);
  };
  return bodyLimit({ maxSize: bounds.bytes, onError });
}

function fail(c: Context<Env>, error: unknown, options: AppOptions): Response {
  const { onFault, onRefused } = options;
  const { traceId, correlationId } = c.get('correlation');
  // As it was sent: `instance` is a reference, in which not every character may stand.
  const { pathname: instance } = new URL(c.req.url);
  const { status, headers, body } = errorAnswer(error, { traceId, correlationId, instance });
  if (status >= 500) onFault(`${c.req.method} ${c.req.path} failed, call ${correlationId}`, error);
  if (isRefusal(error)) {
    const { subject = '' } = c.get('caller') ?? {};
    onRefused?.({ route: `${c.req.method} ${c.req.path}`, subject, reason: refusalOf(error), correlationId });
  }
  return c.json(body, status as ContentfulStatusCode, headers);
}
