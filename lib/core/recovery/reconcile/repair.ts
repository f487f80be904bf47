import type { EffectOf } from '../../messages/effect';
import { present } from '../../model/present';

/** What was out of step, by what got lost. docs/reconciliation.md has a row for each. */
export type RepairKind =
  | 'callbackLost'
  | 'attemptGone'
  | 'lossUntold'
  | 'zombieLease'
  | 'zombieAttempt'
  | 'offerLost'
  | 'dispatchLost'
  | 'cancelLost'
  | 'workflowUnstarted'
  | 'workflowEnded'
  | 'entryLost'
  | 'answerLost'
  | 'strayExecution'
  | 'endUntold'
  | 'submissionLost'
  | 'queueingLost'
  | 'admissionLost'
  | 'overUntold'
  | 'holdLost'
  | 'timerLost'
  | 'unsettled';

/** What a repair is about, as far as that has names. */
export interface RepairSubject {
  readonly jobId?: string;
  readonly nodeId?: string;
  readonly attempt?: number;
  readonly workerId?: string;
  readonly triggerId?: string;
  readonly dependency?: string;
  readonly pool?: string;
  readonly executionId?: string;
}

/** An effect as any event requires, or the end of a workflow that no job waits for. */
export type RepairEffect =
  | EffectOf
  | { readonly kind: 'stopExecution'; readonly executionId: string; readonly reason: string };

/** What brings journal and world into step again. Done twice, or where it was not needed, it changes nothing. */
export interface Repair {
  readonly kind: RepairKind;
  /** For people: what was seen. */
  readonly why: string;
  readonly subject: RepairSubject;
  readonly effect: RepairEffect;
}

/** What counts as under way, and not as lost. */
export interface Patience {
  /** When the first of the compared folds was read, milliseconds since the epoch. */
  readonly now: number;
  /** A fact has to have been so for so long, by the times of the journal, in milliseconds. */
  readonly graceMs: number;
}

/** Whether something has been so for longer than it may take to be dealt with. What has no time, has not. */
export function isOld(since: number | undefined, { now, graceMs }: Patience): boolean {
  return since !== undefined && now - since > graceMs;
}

/** The same for the same repair of the same thing, whenever it is found. */
export function repairKey({ kind, subject, effect }: Repair): string {
  const { jobId, nodeId, attempt, workerId, triggerId, dependency, pool, executionId } = subject;
  const told = effect.kind === 'send' ? `${effect.to.kind}.${effect.message.type}` : effect.kind;
  const named = present({ jobId, nodeId, attempt, workerId, triggerId, dependency, pool, executionId });
  return [kind, told, ...Object.values(named)].join('/');
}
