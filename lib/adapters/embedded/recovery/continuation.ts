import type { LetterEvent } from '../../../core/dlq/events';
import type { Engine } from '../../../core/engine/engine';
import type { Kinds } from '../../../core/engine/kinds';
import { type ResumeRequest, requireEnded } from '../../../core/engine/resume-plan-of';
import { RepriseError } from '../../../core/errors';
import type { JobEvent, RollbackOrder } from '../../../core/job/events';
import { NOTHING_TO_UNDO } from '../../../core/job/rollback';
import { isRollingBack } from '../../../core/job/rollback-state';
import type { Actor, Recorded } from '../../../core/journal/envelope';
import { type Delivery, jobAt } from '../../../core/messages/address';
import type { Effect } from '../../../core/messages/effect';
import type { JobMessage } from '../../../core/messages/job';
import { isOver } from '../../../core/model/outcome';
import type { Clock } from '../../../core/model/time';
import type { TestExecutionEngine } from '../../../core/ports/execution';
import type { JobFold, StreamAsker, StreamReader } from '../../../core/ports/streams';
import { outstandingEffects } from '../../../core/recovery/outstanding';
import { orderForTakeover } from '../../../core/recovery/takeover';

export interface ContinuationDeps extends StreamReader, Pick<StreamAsker, 'ask'> {
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
  /** What the last process of a job may not have told its letters. */
  readonly untold: (jobId: string, job: JobFold) => Promise<Effect[]>;
  readonly onEvents?: (jobId: string, events: readonly Recorded<JobEvent>[]) => void;
}

/** What a person has tried again; see lib/core/job/again.ts. */
export type RetryOrder = Omit<Extract<JobMessage, { type: 'retry' }>, 'type'>;

export interface Continuation {
  readonly resume: (jobId: string, reason: string, request?: ResumeRequest) => Promise<void>;
  readonly retry: (jobId: string, order: RetryOrder) => Promise<void>;
  readonly rollBack: (jobId: string, order: RollbackOrder) => Promise<void>;
  readonly tellLetters: (jobId: string, delivery: Delivery<'letter'>) => Promise<void>;
  readonly takeOver: (jobId: string, reason: string) => Promise<void>;
}

type GoOn = Extract<JobMessage, { type: 'resume' | 'retry' | 'rollback' }>;

/** How a job stood before anything went on; `idle`: it was over, and nothing follows. */
type Stands = 'over' | 'idle' | 'cancelling' | 'running';

/** Events of letters after which a job is told something. */
const TELLS_JOBS: ReadonlySet<LetterEvent['type']> = new Set(['letter.redriven', 'letter.resolved']);

const OPERATOR: Actor = { kind: 'user', id: 'local' };

/** Goes on with jobs whose last process died, or that ended. */
export function createContinuation(deps: ContinuationDeps): Continuation {
  const { engine, view, endings, workflow, executor, clock } = deps;

  /** Tells how the job stood before anything went on. */
  async function goOn(jobId: string, message: GoOn): Promise<Stands> {
    endings.restart(jobId);
    workflow.forget(jobId);
    const id = `${message.type}/${jobId}/${clock()}`;
    const events = await engine.handle(jobAt(jobId), [{ id, actor: OPERATOR, message }]);
    deps.onEvents?.(jobId, events);
    for (const { type, data } of events as readonly JobEvent[]) {
      if (type === 'job.retryRefused') throw new RepriseError('FORBIDDEN', `job ${jobId}: ${data.why}`);
    }
    const job = await view(jobAt(jobId));
    const { index, state, head, traceId = '' } = job;
    if (isOver(state.status)) {
      endings.end(jobId, job);
      return events.length === 0 ? 'idle' : 'over';
    }
    // What is rolled back ends when that is done, and what was asked now is this.
    const isUndone = state.rollbackAsked !== undefined || isRollingBack(state);
    const isCancelling = state.cancelReason !== undefined && !isUndone;
    const effects = outstandingEffects({ jobId, index, state, traceId }, head.seq);
    const isKnown = async (ref: Parameters<typeof executor.status>[0]) =>
      (await executor.status(ref)) !== 'unknown';
    await deps.perform([...(await deps.untold(jobId, job)), ...(await orderForTakeover(effects, isKnown))]);
    return isCancelling ? 'cancelling' : 'running';
  }

  async function ordered(jobId: string, message: GoOn): Promise<void> {
    const stands = await goOn(jobId, message);
    if (stands === 'idle' && message.type === 'rollback') {
      throw new RepriseError('INPUT_INVALID', `job ${jobId}: there is nothing to undo: ${NOTHING_TO_UNDO}`);
    }
    if ((stands === 'over' || stands === 'idle') && message.type === 'retry') {
      throw new RepriseError(
        'INPUT_INVALID',
        `job ${jobId}: nothing of this has failed, or waits to be tried again`,
      );
    }
    if (stands !== 'cancelling') return;
    // The process died between asking for the cancellation and its end: end it, then do what was asked now.
    await endings.wait(jobId);
    await ordered(jobId, message);
  }

  /** A job that is over stays so, until what its letters are told has come to it. */
  async function tellLetters(jobId: string, delivery: Delivery<'letter'>): Promise<void> {
    const job = await view(jobAt(jobId));
    await deps.perform(await deps.untold(jobId, job));
    if (isOver(job.state.status)) {
      endings.restart(jobId);
      workflow.forget(jobId);
    } else await goOn(jobId, { type: 'resume', reason: 'to go on before its letters are seen to' });
    const id = `${delivery.message.type}/${delivery.to.id}/${clock()}`;
    const events = await deps.ask(delivery, { id, actor: OPERATOR });
    // Nothing follows: nobody will hear of the job.
    if (isOver(job.state.status) && !events.some(({ type }) => TELLS_JOBS.has(type))) endings.end(jobId, job);
  }

  return {
    tellLetters,
    async resume(jobId, reason, request = {}) {
      requireEnded({ jobId, ...(await view(jobAt(jobId))) }, request);
      await ordered(jobId, { type: 'resume', reason, ...request });
    },
    retry: (jobId, order) => ordered(jobId, { type: 'retry', ...order }),
    rollBack: (jobId, order) => ordered(jobId, { type: 'rollback', ...order }),
    async takeOver(jobId, reason) {
      const job = await view(jobAt(jobId));
      if (!isOver(job.state.status)) await goOn(jobId, { type: 'resume', reason });
      else await deps.perform(await deps.untold(jobId, job));
    },
  };
}
