import type { GraphIndex } from '../../../core/dag/graph-index';
import type { Dispatcher } from '../../../core/ports/effects';
import { RepriseError } from '../../../core/errors';
import type { ExecutionRef, TestExecutionEngine } from '../../../core/ports/stores';
import type { WorkItem, WorkRef } from '../../../core/messages/pool';
import { workKey } from '../../../core/scheduler/state';

export interface LocalDispatcherDeps {
  readonly executor: TestExecutionEngine;
  readonly indexOf: (jobId: string) => Promise<GraphIndex>;
  /** The attempt is not taken, or not known: its lease ends and it counts as lost. */
  readonly refused: (work: WorkRef, reason: string) => void;
}

/** Hands attempts to the executor of this process; does not wait for it, so that the pool goes on at once. */
export function createLocalDispatcher(deps: LocalDispatcherDeps): Dispatcher {
  const { executor, indexOf, refused } = deps;
  const submitting = new Map<string, Promise<void>>();

  async function submit(ref: ExecutionRef, item: WorkItem): Promise<void> {
    const index = await indexOf(ref.jobId);
    const work = item.work ?? index.graph.nodes[index.indexOf.get(ref.nodeId) ?? -1]?.work;
    if (!work) throw new RepriseError('GRAPH_INVALID', `the graph has no node ${ref.nodeId}`);
    const { timeoutMs, traceId, parameters } = item;
    const told = parameters === undefined ? {} : { parameters };
    await executor.submit({ ...ref, work, timeoutMs, traceId, ...told });
  }

  async function cancel(ref: ExecutionRef, reason: string): Promise<void> {
    await submitting.get(workKey(ref));
    const isUnknown = (await executor.status(ref)) === 'unknown';
    if (isUnknown) refused(ref, `not running: ${reason}`);
    else await executor.cancel(ref, reason);
  }

  return {
    async dispatch({ work }) {
      const { jobId, nodeId, attempt } = work;
      const ref = { jobId, nodeId, attempt };
      const key = workKey(ref);
      const submitted = submit(ref, work)
        .catch((error: unknown) => refused(ref, messageOf(error)))
        .finally(() => submitting.delete(key));
      submitting.set(key, submitted);
    },
    async cancel({ work, reason }) {
      const { jobId, nodeId, attempt } = work;
      const ref = { jobId, nodeId, attempt };
      void cancel(ref, reason).catch((error: unknown) => refused(ref, messageOf(error)));
    },
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
