import type { Effect } from '../../../core/ports/effects';
import type { JobEngine, JobView } from '../../../core/engine/jobs';
import type { JobEvent } from '../../../core/job/events';
import { isOver } from '../../../core/job/state';
import type { Actor, Recorded } from '../../../core/journal/envelope';
import type { Clock, TestExecutionEngine } from '../../../core/ports/stores';
import type { Endings } from '../runtime/endings';
import type { LocalWorkflow } from '../runtime/workflow';
import { orderForTakeover } from '../../../core/recovery/takeover';

export interface ContinuationDeps {
  readonly jobs: Pick<JobEngine, 'handle' | 'view' | 'outstanding'>;
  readonly endings: Endings<JobView>;
  readonly workflow: Pick<LocalWorkflow, 'forget'>;
  readonly executor: Pick<TestExecutionEngine, 'status'>;
  readonly clock: Clock;
  readonly perform: (effects: readonly Effect[]) => Promise<void>;
  readonly onEvents?: (jobId: string, events: readonly Recorded<JobEvent>[]) => void;
}

export interface Continuation {
  readonly resume: (jobId: string, reason: string) => Promise<void>;
  readonly takeOver: (jobId: string, reason: string) => Promise<void>;
}

const OPERATOR: Actor = { kind: 'user', id: 'local' };

/** Goes on with jobs whose last process died, or that ended. */
export function createContinuation(deps: ContinuationDeps): Continuation {
  const { jobs, endings, workflow, executor, clock } = deps;

  /** Tells how the job stood before anything went on. */
  async function goOn(jobId: string, reason: string): Promise<'over' | 'cancelling' | 'running'> {
    endings.restart(jobId);
    workflow.forget(jobId);
    const id = `resume/${jobId}/${clock()}`;
    const message = { type: 'resume' as const, reason };
    const events = await jobs.handle(jobId, [{ id, actor: OPERATOR, message }]);
    deps.onEvents?.(jobId, events);
    const view = await jobs.view(jobId);
    if (isOver(view.state.status)) {
      endings.end(jobId, view);
      return 'over';
    }
    const isCancelling = view.state.cancelReason !== undefined;
    await deps.perform(await orderForTakeover(await jobs.outstanding(jobId), executor));
    return isCancelling ? 'cancelling' : 'running';
  }

  async function resume(jobId: string, reason: string): Promise<void> {
    if ((await goOn(jobId, reason)) !== 'cancelling') return;
    // The process died between asking for the cancellation and its end: end it, then do what was asked now.
    await endings.wait(jobId);
    await resume(jobId, reason);
  }

  return {
    resume,
    async takeOver(jobId, reason) {
      if (!isOver((await jobs.view(jobId)).state.status)) await goOn(jobId, reason);
    },
  };
}
