import type { GraphIndex } from '../../../core/dag/graph-index';
import { RepriseError } from '../../../core/errors';
import type { WorkItem } from '../../../core/messages/pool';
import { tracedWork } from '../../../core/messages/traced-work';
import { type AttemptRef, attemptKey } from '../../../core/model/attempt';
import { present } from '../../../core/model/present';
import type { Dispatcher } from '../../../core/ports/effects';
import type { TestExecutionEngine } from '../../../core/ports/execution';

export interface LocalDispatcherDeps {
  readonly executor: TestExecutionEngine;
  readonly indexOf: (jobId: string) => Promise<GraphIndex>;
  /** The attempt is not taken, or not known: its lease ends and it counts as lost. */
  readonly refused: (ref: AttemptRef, workerId: string, reason: string) => void;
}

/** Hands attempts to the executor of this process; does not wait for it, so that the pool goes on at once. */
export function createLocalDispatcher({ executor, indexOf, refused }: LocalDispatcherDeps): Dispatcher {
  const submitting = new Map<string, Promise<void>>();

  async function submit(ref: AttemptRef, item: WorkItem): Promise<void> {
    const index = await indexOf(ref.jobId);
    const work = item.work ?? index.graph.nodes[index.indexOf.get(ref.nodeId) ?? -1]?.work;
    if (!work) throw new RepriseError('GRAPH_INVALID', `the graph has no node ${ref.nodeId}`);
    const { timeoutMs, traceId, parameters, tests } = item;
    const asked = { ...tracedWork(work, item), ...present({ tests }) };
    await executor.submit({ ...ref, work: asked, timeoutMs, traceId, ...present({ parameters }) });
  }

  async function cancel(ref: AttemptRef, workerId: string, reason: string): Promise<void> {
    await submitting.get(attemptKey(ref));
    const isUnknown = (await executor.status(ref)) === 'unknown';
    if (isUnknown) refused(ref, workerId, `not running: ${reason}`);
    else await executor.cancel(ref, reason);
  }

  return {
    async dispatch({ work, workerId }) {
      const ref = refOf(work);
      const key = attemptKey(ref);
      const submitted = submit(ref, work)
        .catch((error: unknown) => refused(ref, workerId, messageOf(error)))
        .finally(() => submitting.delete(key));
      submitting.set(key, submitted);
    },
    async cancel({ work, workerId, reason }) {
      const ref = refOf(work);
      void cancel(ref, workerId, reason).catch((error: unknown) => refused(ref, workerId, messageOf(error)));
    },
  };
}

function refOf({ jobId, nodeId, attempt }: AttemptRef): AttemptRef {
  return { jobId, nodeId, attempt };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
