import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type * as z from 'zod';
import { closeUnread } from '../adapters/http/unread';
import { CHALLENGE, PROBLEM_JSON, problemOf } from '../contract/errors';
import { bodyOfRef, isEnding, toResultsBody } from '../contract/execution-wire';
import {
  ANSWERS_HEADER,
  ANSWERS_START,
  attemptParams,
  cancelExecutionRequest,
  type ExecutionRequestBody,
  executionRequest,
  MAX_RUNNING,
} from '../contract/executions';
import { bodyTooLarge, parse, readBody, SMALL_BODY } from '../contract/read';
import { sameToken } from '../core/access/attempt-token';
import { type ErrorCode, isTerminal, type RepriseError } from '../core/errors';
import type { AttemptRef } from '../core/model/attempt';
import type { TestExecutionEngine } from '../core/ports/execution';
import type { Log } from './log';

/** `started`: the answer says so, and no report. */
export type Acceptance = 'accepted' | 'started' | 'full' | 'draining';

export interface ServerDeps {
  readonly engine: Pick<TestExecutionEngine, 'status' | 'cancel' | 'results'>;
  /** Takes an attempt on, or says why not. */
  readonly accept: (
    body: ExecutionRequestBody,
    how: { readonly answersStart: boolean },
  ) => Promise<Acceptance>;
  /** What a caller has to present; undefined until the engine has told us. */
  readonly dispatchToken: () => string | undefined;
  readonly load: () => { readonly running: number; readonly slots: number };
  /** Attempts that run now. */
  readonly running: () => readonly AttemptRef[];
  readonly log: Log;
}

/** The Test Execution Engine contract over HTTP, as `lib/contract/executions.ts` describes it. */
export function createServer(deps: ServerDeps): Hono {
  const { engine, log } = deps;
  const app = new Hono();

  app.use(closeUnread);
  app.get('/healthz', (c) => c.json({ status: 'ok', ...deps.load() }));

  app.use('/executions', bearer);
  app.use('/executions/*', bearer);
  app.use(bodyLimit({ maxSize: SMALL_BODY.bytes, onError: (c) => refused(c, bodyTooLarge(SMALL_BODY)) }));

  async function bearer(c: Context, next: () => Promise<void>) {
    const expected = deps.dispatchToken();
    if (expected === undefined) return refuse(c, 503, 'this worker is not registered yet');
    const given = /^Bearer +(\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1] ?? '';
    if (!sameToken(given, expected)) {
      return refuse(c, 401, 'send the dispatch token of this worker as bearer token');
    }
    return next();
  }

  app.post('/executions', async (c) => {
    const body = await bodyOf(c, executionRequest);
    const answersStart = c.req.header(ANSWERS_HEADER) === ANSWERS_START;
    const answer = await deps.accept(body, { answersStart });
    if (answer === 'full') {
      const { slots } = deps.load();
      return refuse(c, 409, `all ${slots} slots are taken`, 'UPSTREAM_UNAVAILABLE');
    }
    if (answer === 'draining') return refuse(c, 503, 'this worker is shutting down');
    const { job_id, node_id, attempt } = body;
    return c.json({ job_id, node_id, attempt, ...(answer === 'started' ? { started: true } : {}) }, 202);
  });

  app.get('/executions', (c) => c.json({ running: deps.running().slice(0, MAX_RUNNING).map(bodyOfRef) }));

  app.get('/executions/:jobId/:nodeId/:attempt', async (c) => {
    const ref = refOf(c);
    return ref ? c.json({ status: await engine.status(ref) }) : noAttempt(c);
  });

  app.get('/executions/:jobId/:nodeId/:attempt/results', async (c) => {
    const ref = refOf(c);
    const report = ref && (await engine.results(ref));
    return report && isEnding(report) ? c.json(toResultsBody(report)) : noAttempt(c);
  });

  app.post('/executions/:jobId/:nodeId/:attempt/cancel', async (c) => {
    const ref = refOf(c);
    if (!ref) return noAttempt(c);
    const { reason } = await bodyOf(c, cancelExecutionRequest);
    await engine.cancel(ref, reason);
    return c.json({ status: await engine.status(ref) }, 202);
  });

  app.notFound((c) => refuse(c, 404, `no ${c.req.method} ${c.req.path} in the contract`, 'ROUTE_NOT_FOUND'));
  app.onError((error, c) => {
    if (isTerminal(error)) return refused(c, error);
    log.error('request failed', { path: c.req.path, error: error.message });
    return refuse(c, 503, 'the worker could not do this now');
  });
  return app;
}

const CODES = {
  400: 'INPUT_INVALID',
  401: 'UNAUTHENTICATED',
  404: 'INPUT_INVALID',
  409: 'UPSTREAM_UNAVAILABLE',
  413: 'INPUT_TOO_LARGE',
  503: 'UPSTREAM_UNAVAILABLE',
} as const satisfies Record<number, ErrorCode>;

function refuse(c: Context, status: keyof typeof CODES, message: string, code: ErrorCode = CODES[status]) {
  const traceId = c.req.header('x-trace-id') ?? '';
  const body = problemOf({ ...{ code, status, detail: message }, instance: c.req.path, traceId });
  return c.json(body, status, { 'Content-Type': PROBLEM_JSON, ...(status === 401 && CHALLENGE) });
}

function noAttempt(c: Context) {
  return refuse(c, 404, 'no results of such an attempt on this worker');
}

function refOf(c: Context): AttemptRef | undefined {
  const parsed = attemptParams.safeParse(c.req.param());
  return parsed.success ? parsed.data : undefined;
}

/** @throws RepriseError INPUT_TOO_LARGE, INPUT_INVALID */
async function bodyOf<S extends z.ZodType>(c: Context, schema: S): Promise<z.output<S>> {
  return parse(schema, readBody(new Uint8Array(await c.req.arrayBuffer())));
}

function refused(c: Context, { code, message }: RepriseError) {
  return refuse(c, code === 'INPUT_TOO_LARGE' ? 413 : 400, message, code);
}
