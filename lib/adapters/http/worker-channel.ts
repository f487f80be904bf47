import { toRequestBody } from '../../contract/execution-wire';
import { callTexts, type EngineCall, type Told, toldText } from '../../contract/worker-socket';
import { RepriseError } from '../../core/errors';
import type { AttemptRef } from '../../core/model/attempt';
import type { Timing } from '../../core/model/time';
import type { WorkerAnswers, WorkerKey, WorkerRegistry } from '../../core/ports/registries';
import type { TestExecutionClient } from './test-execution-client';

export interface WorkerChannelDeps {
  readonly workers: Pick<WorkerRegistry, 'find'>;
  readonly answers: Pick<WorkerAnswers, 'get' | 'told'>;
  /** Sends over a connection. @returns false when it is closed, or not open yet. */
  readonly post: (connectionId: string, text: string) => Promise<boolean>;
  /** A UUID, which only the worker that is called will know. */
  readonly newId: () => string;
  readonly timing: Timing;
  /** Patience for the answer to a call, by what it asks, milliseconds. */
  readonly answerMs: Readonly<Partial<Record<EngineCall['type'], number>>>;
}

export interface ChannelTarget extends WorkerKey {
  /** The worker is called as it registered then: another process of its name was not given the attempt. */
  readonly registration?: string | undefined;
  readonly attemptToken: string;
}

/** The status of an attempt that has started with the answer, and is not reported as started besides. */
const STARTED = 201;

/** Waits between looks for an answer: a worker answers within some hundredths of a second. */
const LOOK_MS = [40, 40, 60, 80, 120] as const;
const LAST_LOOK_MS = 200;

/** Patience for the answer to a call where nobody says. */
const ANSWER_MS = 5_000;

interface Channel extends Pick<TestExecutionClient, 'take' | 'cancel'> {
  /** How attempts stand, in their order, and what the worker runs. */
  readonly ask: (attempts: readonly AttemptRef[]) => Promise<Told>;
}

/**
 * The Test Execution Engine contract of a worker that pulls, over the connection that it keeps open. That a message was
 * sent says nothing: a connection may be dead without anybody knowing. The worker has to answer.
 * @throws RepriseError UPSTREAM_UNAVAILABLE (retryable) when it is not connected, does not answer or is full; a terminal
 * one when it is registered anew, or refuses. Where it is a service of ours that fails, `context.isOurs` says so.
 */
export function createWorkerChannel(deps: WorkerChannelDeps, target: ChannelTarget): Channel {
  const find = () => ours(() => deps.workers.find(target.pool, target.workerId));

  async function call(connectionId: string | undefined, message: EngineCall): Promise<number> {
    if (connectionId === undefined) throw notConnected(target);
    for (const text of callTexts(message)) {
      if (!(await ours(() => deps.post(connectionId, text)))) throw notConnected(target);
    }
    const patienceMs = deps.answerMs[message.type] ?? ANSWER_MS;
    const status = await answerTo(deps, target, message.id, patienceMs);
    if (status === undefined) throw silent(target, patienceMs);
    if (status >= 300) throw refused(target, status);
    return status;
  }

  return {
    async take(request) {
      const worker = await find();
      if (worker?.registration !== target.registration || worker?.lostAt !== undefined) {
        throw new RepriseError('WORKER_NOT_FOUND', `${target.workerId} is not registered as it was`);
      }
      const execution = toRequestBody(request, target.attemptToken);
      const status = await call(worker?.connectionId, { type: 'submit', id: deps.newId(), execution });
      return status === STARTED ? 'started' : 'accepted';
    },
    async ask(refs) {
      const worker = await find();
      const attempts = refs.map(({ jobId, nodeId, attempt }) => ({
        ...{ job_id: jobId, node_id: nodeId, attempt },
      }));
      const id = deps.newId();
      await call(worker?.connectionId, { type: 'ask', id, attempts });
      return toldText.parse((await ours(() => deps.answers.told(target, id))) ?? '');
    },
    async cancel({ jobId, nodeId, attempt }, reason) {
      const worker = await find();
      // One that is held for lost ends what it runs by itself. One that was started again has what it ran before.
      if (worker === undefined || worker.lostAt !== undefined) return;
      const ref = { job_id: jobId, node_id: nodeId, attempt };
      await call(worker.connectionId, { type: 'cancel', id: deps.newId(), ...ref, reason });
    },
  };
}

async function answerTo(
  { answers, timing }: WorkerChannelDeps,
  target: ChannelTarget,
  callId: string,
  patienceMs: number,
): Promise<number | undefined> {
  const until = timing.clock() + patienceMs;
  for (let look = 0; ; look++) {
    const waitMs = LOOK_MS[look] ?? LAST_LOOK_MS;
    if (timing.clock() + waitMs > until) return undefined;
    await timing.sleep(waitMs);
    const status = await ours(() => answers.get(target, callId));
    if (status !== undefined) return status;
  }
}

/** What our services throw says nothing of the worker. */
async function ours<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    const context = { isOurs: true };
    throw new RepriseError('UPSTREAM_UNAVAILABLE', (cause as Error).message, { cause, context });
  }
}

function refused({ workerId }: ChannelTarget, status: number): RepriseError {
  const isBusy = status === 409 || status >= 500;
  const message = `${workerId} answered ${status}`;
  return new RepriseError(isBusy ? 'UPSTREAM_UNAVAILABLE' : 'INPUT_INVALID', message, {
    context: { status },
  });
}

function silent({ workerId }: ChannelTarget, patienceMs: number): RepriseError {
  return new RepriseError('UPSTREAM_UNAVAILABLE', `${workerId} did not answer in ${patienceMs} ms`);
}

function notConnected({ workerId }: ChannelTarget): RepriseError {
  const context = { isConnected: false };
  return new RepriseError('UPSTREAM_UNAVAILABLE', `${workerId} is not connected`, { context });
}
