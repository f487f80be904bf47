import type { Delivery } from '../../core/messages/address';
import { jobAt } from '../../core/messages/address';
import type { Origin } from '../../core/messages/envelope';
import type { WorkItem } from '../../core/messages/pool';
import { reportMessage } from '../../core/messages/report';
import { attemptKey } from '../../core/model/attempt';
import type { SetTimer } from '../../core/model/time';
import type { Dispatcher } from '../../core/ports/effects';
import type { WorkerSightings } from '../../core/ports/sightings';
import { createMemoryMachine, type Script } from './machine';
import { executorSightings } from './sightings';

export interface MemoryFleet extends Dispatcher {
  /** How often each attempt was started, by `attemptKey`. */
  readonly starts: ReadonlyMap<string, number>;
  /** What this worker would say from now on, nobody hears. */
  readonly kill: (workerId: string) => void;
  /** What it has now is gone, and the worker takes what it is given from now on. */
  readonly empty: (workerId: string) => void;
  /** What its workers say when they are asked; those that were killed say nothing. */
  readonly sightings: WorkerSightings;
}

/** Workers in virtual time, which run what they are given as the script says and report to the jobs. */
export function createMemoryFleet(deps: {
  readonly setTimer: SetTimer;
  readonly script: (work: Pick<WorkItem, 'jobId' | 'nodeId' | 'attempt'>) => Script;
  readonly tell: (delivery: Delivery, origin: Origin) => void;
  /** Hears of an attempt that reaches its worker. */
  readonly onDispatch?: ((work: WorkItem, workerId: string) => void) | undefined;
}): MemoryFleet {
  const dead = new Set<string>();
  /** Attempts that went with their machine, by `attemptKey`. */
  const gone = new Set<string>();
  /** Where each attempt is, by `attemptKey`. */
  const places = new Map<string, string>();
  const machine = createMemoryMachine(deps.setTimer, deps.script);
  const executor = machine.executor((ref, report) => {
    const workerId = places.get(attemptKey(ref)) ?? '';
    if (dead.has(workerId) || gone.has(attemptKey(ref))) return;
    const id = `${attemptKey(ref)}/${report.type}`;
    const message = reportMessage(ref, report, workerId);
    deps.tell({ to: jobAt(ref.jobId), message }, { id, actor: { kind: 'worker', id: workerId } });
  });
  const left = () => machine.running().filter((key) => !gone.has(key));
  const present: typeof executor = {
    ...executor,
    status: async (ref) => (gone.has(attemptKey(ref)) ? 'unknown' : executor.status(ref)),
  };
  return {
    starts: machine.starts,
    kill: (workerId) => void dead.add(workerId),
    empty(workerId) {
      for (const [key, place] of places) if (place === workerId) gone.add(key);
    },
    sightings: executorSightings(present, {
      running: () => left().map((key) => ({ key, workerId: places.get(key) })),
      answers: (workerId) => !dead.has(workerId),
    }),
    async dispatch({ work, workerId }) {
      places.set(attemptKey(work), workerId);
      deps.onDispatch?.(work, workerId);
      const { jobId, nodeId, attempt, timeoutMs, traceId } = work;
      const run = { kind: 'command', run: nodeId } as const;
      await executor.submit({ jobId, nodeId, attempt, timeoutMs, traceId, work: run });
    },
    cancel: ({ work, reason }) => executor.cancel(work, reason),
  };
}
