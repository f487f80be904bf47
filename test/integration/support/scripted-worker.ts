import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { z } from 'zod';
import {
  type callbackBodies,
  cancelExecutionRequest,
  type ExecutionRequestBody,
  executionRequest,
  MAX_RUNNING,
} from '../../../lib/contract/executions';
import type { Api } from './api';

type Wire<K extends keyof typeof callbackBodies> = Omit<z.infer<(typeof callbackBodies)[K]>, 'worker_id'>;

/** What a node does with an attempt; `undefined` leaves it running. What it keeps to itself it says when it is asked. */
export type Script = (
  request: ExecutionRequestBody,
) =>
  | { completed: Wire<'completed'> }
  | { failed: Wire<'failed'> }
  | { unreported: Wire<'completed'> }
  | undefined;

export const COMPLETED = { completed: { duration_ms: 1, outputs: {} } };

export function failedWith(message: string) {
  return { failed: { duration_ms: 1, failure: { kind: 'exit' as const, message, exitCode: 1 } } };
}

export interface ScriptedWorker {
  /** Attempts it was handed, in order. */
  readonly requests: readonly ExecutionRequestBody[];
  /** Attempts it was asked to stop, as `job/node/attempt`. */
  readonly cancelled: readonly string[];
  /** Trace ids of the answers to its callbacks, by path. */
  readonly echoed: ReadonlyMap<string, string | null>;
  readonly follow: (script: Script) => void;
  /** Ends an attempt that was left running, as `job/node/attempt`. */
  readonly complete: (attempt: string) => void;
  readonly stop: () => Promise<void>;
}

const REPORT_TRIES = 5;

/** A worker that does what the test says, over the real contract in both directions. */
export async function startScriptedWorker(
  api: Api,
  workerId: string,
  labels: readonly string[] = ['linux'],
): Promise<ScriptedWorker> {
  const requests: ExecutionRequestBody[] = [];
  const cancelled: string[] = [];
  const echoed = new Map<string, string | null>();
  const results = new Map<string, object>();
  let script: Script = () => COMPLETED;
  let dispatchToken = '';

  const report = async (request: ExecutionRequestBody, callback: string, body: object) => {
    const path = `/jobs/${request.job_id}/nodes/${request.node_id}/attempts/${request.attempt}/${callback}`;
    const headers = { 'x-attempt-token': request.attempt_token, 'x-trace-id': request.trace_id };
    for (let tries = 1; ; tries++) {
      const answer = await api.post(path, { worker_id: workerId, ...body }, headers).catch(unreachable);
      if (answer.status === 202) return void echoed.set(path, answer.headers.get('x-trace-id'));
      // As every worker: a report is made again while the API is at fault, as an emulator under load may be.
      if (answer.status < 500 || tries === REPORT_TRIES) {
        throw new Error(`${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
      }
      await sleep(200 * tries);
    }
  };
  const execute = async (request: ExecutionRequestBody) => {
    await report(request, 'started', {});
    const outcome: Record<string, object> = script(request) ?? {};
    for (const [callback, body] of Object.entries(outcome)) {
      const status = callback === 'failed' ? 'failed' : 'succeeded';
      results.set(nameOf(request), { status, ...body });
      if (callback !== 'unreported') await report(request, callback, body);
    }
  };
  // What is under way when the worker stops ends before its engine does, and a fault of it is the test's.
  const underWay = new Set<Promise<void>>();
  const faults: unknown[] = [];
  const track = (work: Promise<unknown>) => {
    const tracked: Promise<void> = work
      .then(() => undefined)
      .catch((error) => void faults.push(error))
      .finally(() => underWay.delete(tracked));
    underWay.add(tracked);
  };

  const server = createServer(async (incoming, response) => {
    if (incoming.headers.authorization !== `Bearer ${dispatchToken}`) return answer(response, 401);
    const [, , job, node, attempt] = incoming.url?.split('/') ?? [];
    if (incoming.method === 'GET') return told(response, { requests, results }, incoming.url ?? '');
    const body = await bodyOf(incoming);
    if (job !== undefined) {
      cancelExecutionRequest.parse(body);
      cancelled.push(`${job}/${node}/${attempt}`);
      return answer(response, 202);
    }
    const request = executionRequest.parse(body);
    answer(response, 202);
    requests.push(request);
    track(execute(request));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const registered = await api.post('/workers', {
    worker_id: workerId,
    labels,
    slots: 8,
    endpoint,
  });
  if (registered.status !== 201) throw new Error(`registration answered ${JSON.stringify(registered.body)}`);
  dispatchToken = registered.body.dispatch_token;
  const heartbeat = () => api.post(`/workers/${workerId}/heartbeat`, { running: 0 }).catch(unreachable);
  const beat = setInterval(() => track(heartbeat()), 10_000);
  return {
    requests,
    cancelled,
    echoed,
    follow: (next) => {
      script = next;
    },
    complete(attempt) {
      const request = requests.find((each) => nameOf(each) === attempt);
      if (!request || results.has(attempt)) return;
      results.set(attempt, { status: 'succeeded', ...COMPLETED.completed });
      track(report(request, 'completed', COMPLETED.completed));
    },
    async stop() {
      clearInterval(beat);
      await close(server);
      await Promise.all(underWay);
      if (faults.length > 0) throw new AggregateError(faults, `worker ${workerId} could not report`);
    },
  };
}

/** An API that cannot be reached, as one that is at fault. */
const unreachable = (error: unknown) => ({ status: 503, body: String(error), headers: new Headers() });

function answer(response: ServerResponse, status: number, body: object = {}): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

const nameOf = ({ job_id, node_id, attempt }: ExecutionRequestBody) => `${job_id}/${node_id}/${attempt}`;

/** What runs here, how an attempt stands, and how it ended. */
function told(
  response: ServerResponse,
  known: {
    readonly requests: readonly ExecutionRequestBody[];
    readonly results: ReadonlyMap<string, object>;
  },
  url: string,
): void {
  const [, , ...names] = url.split('/');
  const name = names.slice(0, 3).join('/');
  const result = known.results.get(name);
  const isKnown = known.requests.some((request) => nameOf(request) === name);
  if (names.length === 0) {
    const running = known.requests.filter((request) => !known.results.has(nameOf(request)));
    const refs = running.map(({ job_id, node_id, attempt }) => ({ job_id, node_id, attempt }));
    answer(response, 200, { running: refs.slice(0, MAX_RUNNING) });
  } else if (names[3] === 'results') answer(response, result ? 200 : 404, result);
  else answer(response, 200, { status: result ? 'finished' : isKnown ? 'running' : 'unknown' });
}

async function bodyOf(incoming: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString() || '{}');
}

function close(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((closed) => server.close(() => closed()));
}
