import { type CallbackOf, fromCallback, refOf } from '../contract/execution-wire';
import { type Callback, callbackBodies } from '../contract/executions';
import { parse } from '../contract/read';
import { dispatchToken, isAttemptToken } from '../core/access/attempt-token';
import { mayServe } from '../core/access/scopes';
import { RepriseError } from '../core/errors';
import { jobAt, poolAt } from '../core/messages/address';
import type { PoolMessage } from '../core/messages/pool';
import { callbackId, reportMessage } from '../core/messages/report';
import type { AttemptRef } from '../core/model/attempt';
import { present } from '../core/model/present';
import type { Clock } from '../core/model/time';
import type { WorkerRegistry } from '../core/ports/registries';
import type { StreamSender } from '../core/ports/streams';
import { dueAfter, HEARTBEAT_SECONDS } from '../core/recovery/pace';
import { requireServes } from './access';
import { errorAnswer } from './http-errors';
import { requirePool } from './pools';
import { type ApiRequest, commandOrigin, type Served, serve } from './route';
import { ROUTES } from './routes';
import { socketAddress } from './worker-socket';

export interface RegisterWorkerDeps {
  readonly workers: Pick<WorkerRegistry, 'register'>;
  readonly streams: StreamSender;
  readonly secret: () => Promise<string>;
  /** Whether the engine may call an endpoint. @throws RepriseError ENDPOINT_REFUSED, UPSTREAM_UNAVAILABLE */
  readonly requireReachable: (endpoint: string) => Promise<void>;
  /** Where workers that pull connect. */
  readonly socketUrl: string;
  readonly newRegistration: () => string;
  readonly pools: readonly string[];
  readonly clock: Clock;
}

/** Registers a worker, again after it was held for lost. Its id is the caller's from then on, until it is forgotten. */
export function registerWorker(deps: RegisterWorkerDeps): Served {
  return serve(ROUTES.registerWorker, async ({ body, caller, requestId, traceId }) => {
    const { worker_id: workerId, pool, labels, slots, resources, endpoint } = body;
    requirePool(deps.pools, pool);
    requireServes(caller, pool);
    if (endpoint !== undefined) await deps.requireReachable(endpoint);
    const registration = deps.newRegistration();
    const worker = { workerId, labels, slots, registration, ...present({ resources, endpoint }) };
    // The registry first: the pool must not hand work to a worker that nobody watches.
    const at = deps.clock();
    const by = { subject: caller.subject, at, due: at + HEARTBEAT_SECONDS * 1_000 };
    const registered = await deps.workers.register(pool, worker, by);
    if (!registered) throw taken(workerId, pool);
    const origin = { actor: { kind: 'worker', id: workerId }, traceId } as const;
    const { replaced } = registered;
    if (replaced !== undefined && body.running) {
      // Before the registration: nothing is to be handed to this process that is then taken for the work of the one before.
      const running = body.running.map(refOf);
      await deps.streams.send(
        { to: poolAt(pool), message: { type: 'workerRestarted', workerId, registration: replaced, running } },
        { id: `restart/${requestId}`, ...origin },
      );
    }
    const dispatch_token = dispatchToken(await deps.secret(), workerId, registration);
    const known = { worker_id: workerId, dispatch_token, registration };
    if (endpoint === undefined) {
      // Its pool hears of it once it is connected: work that came before would find nobody.
      const connect = socketAddress(deps.socketUrl, { pool, workerId, registration });
      return { status: 201, body: { ...known, heartbeat_seconds: HEARTBEAT_SECONDS, connect } };
    }
    await deps.streams.send(
      { to: poolAt(pool), message: { type: 'workerRegistered', worker } },
      { id: `register/${requestId}`, ...origin },
    );
    return { status: 201, body: { ...known, heartbeat_seconds: HEARTBEAT_SECONDS } };
  });
}

function taken(workerId: string, pool: string): RepriseError {
  return new RepriseError(
    'WORKER_ID_TAKEN',
    `${workerId} of pool ${pool} was registered by another caller: choose another id, or wait until it is forgotten`,
  );
}

/** A worker says that it lives, and that it takes nothing new where that is so. */
export function heartbeat(deps: {
  readonly workers: Pick<WorkerRegistry, 'heartbeat'>;
  readonly streams: StreamSender;
  readonly clock: Clock;
}): Served {
  return serve(ROUTES.heartbeat, async ({ body, caller, params: { workerId }, requestId, traceId }) => {
    const { pool, running, draining = false, registration, next_seconds: nextSeconds } = body;
    const at = deps.clock();
    const dueAt = dueAfter(at, present({ nextSeconds }));
    const beat = { at, dueAt, running, draining, subject: caller.subject };
    // One answer for what is unknown and what is somebody else's.
    const mayBeat = mayServe(caller, pool);
    if (
      !mayBeat ||
      !(await deps.workers.heartbeat(pool, workerId, { ...beat, ...present({ registration }) }))
    ) {
      throw new RepriseError(
        'WORKER_NOT_FOUND',
        `${workerId} is not registered in pool ${pool}: register again`,
      );
    }
    // With every such heartbeat: one that is lost is made good by the next, and the pool ignores a repeat.
    if (draining) {
      await deps.streams.send(
        { to: poolAt(pool), message: { type: 'workerDrained', workerId, ...present({ registration }) } },
        { id: `drained/${requestId}`, actor: { kind: 'worker', id: workerId }, traceId },
      );
    }
    return { status: 200, body: { worker_id: workerId } };
  });
}

export interface WorkerCommandDeps {
  readonly streams: StreamSender;
  readonly pools: readonly string[];
}

type CommandRoute = (typeof ROUTES)['cordonWorker' | 'uncordonWorker'];

/** What a person asks of a worker, whether the pool knows it now or not. */
export function workerCommands(deps: WorkerCommandDeps): readonly Served[] {
  return [
    command(deps, ROUTES.cordonWorker, (workerId, { reason }) => {
      return { type: 'workerCordoned', workerId, reason };
    }),
    command(deps, ROUTES.uncordonWorker, (workerId) => ({ type: 'workerUncordoned', workerId })),
  ];
}

function command<R extends CommandRoute>(
  { streams, pools }: WorkerCommandDeps,
  route: R,
  messageOf: (workerId: string, body: ApiRequest<R>['body']) => PoolMessage,
): Served {
  return serve<CommandRoute, 202>(route, async (request) => {
    const { body, params } = request;
    const { workerId } = params;
    requirePool(pools, body.pool);
    const message = messageOf(workerId, body as ApiRequest<R>['body']);
    await streams.send({ to: poolAt(body.pool), message }, commandOrigin(message.type, request));
    return { status: 202, body: { worker_id: workerId } };
  });
}

export interface CallbackDeps {
  readonly streams: StreamSender;
  readonly secret: () => Promise<string>;
  readonly onAccepted: () => void;
}

const CALLBACK_ROUTES = {
  started: ROUTES.attemptStarted,
  progress: ROUTES.attemptProgress,
  completed: ROUTES.attemptCompleted,
  failed: ROUTES.attemptFailed,
} as const satisfies Record<Callback, unknown>;

/** Takes reports about attempts from the worker that runs them, and from no other. */
export function attemptCallbacks(deps: CallbackDeps): readonly Served[] {
  const single = Object.keys(CALLBACK_ROUTES).map((callback) => attemptCallback(deps, callback as Callback));
  return [...single, attemptReports(deps)];
}

function attemptCallback<C extends Callback>(deps: CallbackDeps, callback: C): Served {
  const route: (typeof CALLBACK_ROUTES)[Callback] = CALLBACK_ROUTES[callback];
  return serve(route, async ({ body, params: ref, header, traceId }) => {
    const { jobId, nodeId, attempt } = ref;
    const said = { callback, body } as CallbackOf;
    await takeReport(deps, { ref, said, token: header('X-Attempt-Token') ?? '', traceId });
    return { status: 202, body: { job_id: jobId, node_id: nodeId, attempt } };
  });
}

/** Each is answered as it would be by itself. */
function attemptReports(deps: CallbackDeps): Served {
  return serve(ROUTES.reportAttempts, async ({ body, traceId, correlationId }) => {
    const results = body.reports.map(async ({ callback, attempt_token: token, ...report }) => {
      const ref = { jobId: report.job_id, nodeId: report.node_id, attempt: report.attempt };
      try {
        const said = { callback, body: parse(callbackBodies[callback], report.body) } as CallbackOf;
        await takeReport(deps, { ref, said, token, traceId });
        return { status: 202 };
      } catch (error) {
        const instance = `/jobs/${ref.jobId}/nodes/${ref.nodeId}/attempts/${ref.attempt}/${callback}`;
        const { status, body } = errorAnswer(error, { traceId, correlationId, instance });
        return { status, error: body };
      }
    });
    return { status: 200, body: { results: await Promise.all(results) } };
  });
}

interface TakenReport {
  readonly ref: AttemptRef;
  readonly said: CallbackOf;
  /** That came with the attempt. */
  readonly token: string;
  readonly traceId: string;
}

async function takeReport(deps: CallbackDeps, { ref, said, token, traceId }: TakenReport): Promise<void> {
  const { worker_id: workerId } = said.body;
  if (!isAttemptToken(token, await deps.secret(), ref, workerId)) {
    const message = `send the X-Attempt-Token that came with attempt ${ref.attempt} of ${ref.nodeId} to ${workerId}`;
    throw new RepriseError('ATTEMPT_TOKEN_INVALID', message);
  }
  await deps.streams.send(
    { to: jobAt(ref.jobId), message: reportMessage(ref, fromCallback(said), workerId) },
    { id: callbackId(ref, said.callback), actor: { kind: 'worker', id: workerId }, traceId },
  );
  deps.onAccepted();
}
