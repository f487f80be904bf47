import type { Engine } from '../../../core/engine/engine';
import type { Kinds } from '../../../core/engine/kinds';
import type { JobEvent } from '../../../core/job/events';
import type { Actor, Recorded } from '../../../core/journal/envelope';
import { jobAt } from '../../../core/messages/address';
import type { Effect } from '../../../core/messages/effect';
import { isOver } from '../../../core/model/outcome';
import type { Clock } from '../../../core/model/time';
import type { TestExecutionEngine } from '../../../core/ports/execution';
import type { JobFold, StreamReader } from '../../../core/ports/streams';
import { outstandingEffects } from '../../../core/recovery/outstanding';
import { orderForTakeover } from '../../../core/recovery/takeover';

export interface ContinuationDeps extends StreamReader {
  readonly engine: Pick<Engine<Kinds>, 'handle'>;
  /** Who waits for the end of which job. */
  readonly endings: {
    readonly wait: (jobId: string) => Promise<unknown>;
    readonly end: (jobId: string, job: JobFold) => void;
    readonly restart: (jobId: string) => void;
  };
  readonly workflow: { readonly forget: (jobId: string) => void };
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
  const { engine, view, endings, workflow, executor, clock } = deps;

  /** Tells how the job stood before anything went on. */
  async function goOn(jobId: string, reason: string): Promise<'over' | 'cancelling' | 'running'> {
    endings.restart(jobId);
    workflow.forget(jobId);
    const id = `resume/${jobId}/${clock()}`;
    const message = { type: 'resume' as const, reason };
    const events = await engine.handle(jobAt(jobId), [{ id, actor: OPERATOR, message }]);
    deps.onEvents?.(jobId, events);
    const job = await view(jobAt(jobId));
    const { index, state, head, traceId = '' } = job;
    if (isOver(state.status)) {
      endings.end(jobId, job);
      return 'over';
    }
    const isCancelling = state.cancelReason !== undefined;
    const effects = outstandingEffects({ jobId, index, state, traceId }, head.seq);
    const isKnown = async (ref: Parameters<typeof executor.status>[0]) =>
      (await executor.status(ref)) !== 'unknown';
    await deps.perform(await orderForTakeover(effects, isKnown));
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
      if (!isOver((await view(jobAt(jobId))).state.status)) await goOn(jobId, reason);
    },
  };
}
