import { refOf } from '../../contract/execution-wire';
import type { Told } from '../../contract/worker-socket';
import { finishAll } from '../../core/engine/parallel';
import { isRepriseError } from '../../core/errors';
import { type AttemptRef, attemptKey } from '../../core/model/attempt';
import { present } from '../../core/model/present';
import type { RegisteredWorker, WorkerRegistry } from '../../core/ports/registries';
import type { AttemptSighting, WorkerSighting, WorkerSightings } from '../../core/ports/sightings';
import { isTrusted } from '../../core/recovery/reconcile/leased';
import type { TestExecutionClient } from './test-execution-client';

export interface WorkerSightingsDeps {
  readonly workers: Pick<WorkerRegistry, 'find' | 'list'>;
  /** How a worker with an endpoint is called. */
  readonly call: (
    worker: RegisteredWorker,
  ) => Promise<Pick<TestExecutionClient, 'status' | 'results' | 'running'>>;
  /** How one that pulls is asked over its connection. */
  readonly ask: (
    pool: string,
    worker: RegisteredWorker,
  ) => (attempts: readonly AttemptRef[]) => Promise<Told>;
}

/**
 * Whether a worker answers when it is called, whatever it says. One whose connection has closed does not.
 * @throws what a service of ours fails with, which says nothing of the worker.
 */
export function createWorkerProbe({ call, ask }: Pick<WorkerSightingsDeps, 'call' | 'ask'>) {
  return async (pool: string, worker: RegisteredWorker): Promise<boolean> => {
    try {
      if (worker.endpoint === undefined) await ask(pool, worker)([]);
      else await (await call(worker)).running();
      return true;
    } catch (error) {
      if (isRepriseError(error) && error.context['isOurs'] !== true) return false;
      throw error;
    }
  };
}

/** Calls of one worker under way at a time. */
const PARALLEL = 4;

/** Workers as their heartbeats and their answers show them. One that pulls says that it has finished, and not how. */
export function createWorkerSightings({ workers, call, ask }: WorkerSightingsDeps): WorkerSightings {
  async function answered(
    pool: string,
    worker: RegisteredWorker,
    refs: readonly AttemptRef[],
  ): Promise<WorkerSighting> {
    if (worker.endpoint !== undefined) return called(await call(worker), refs);
    const { attempts, running } = await ask(pool, worker)(refs);
    const sighted = refs.flatMap((ref, i): [string, AttemptSighting][] => {
      const status = attempts[i];
      return status === undefined ? [] : [[attemptKey(ref), { status }]];
    });
    return { attempts: new Map(sighted), running: running.map(refOf) };
  }

  return {
    async trusted(pool, leased) {
      const listed = await workers.list(pool);
      const said = listed.filter((worker) => isTrusted(worker, leased.get(worker.workerId)));
      return new Set(said.map(({ workerId }) => workerId));
    },
    async of({ pool, workerId }, refs) {
      const worker = await workers.find(pool, workerId);
      if (!worker || worker.lostAt !== undefined) return undefined;
      try {
        return await answered(pool, worker, refs);
      } catch (error) {
        // It is not connected, does not answer, or is of a version that does not know the question.
        if (isRepriseError(error)) return undefined;
        throw error;
      }
    },
  };
}

async function called(
  client: Pick<TestExecutionClient, 'status' | 'results' | 'running'>,
  refs: readonly AttemptRef[],
): Promise<WorkerSighting> {
  const attempts = new Map<string, AttemptSighting>();
  const running = await client.running();
  await finishAll(refs, PARALLEL, async (ref) => {
    const status = await client.status(ref);
    const report = status === 'finished' ? await client.results(ref) : undefined;
    attempts.set(attemptKey(ref), status === 'finished' ? { status, ...present({ report }) } : { status });
  });
  return { attempts, running };
}
