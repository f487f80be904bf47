/** What made a recovery necessary. */
export const RECOVERY_CAUSES = [
  /** The worker was silent for so long that it is held for lost, or is gone. */
  'workerLost',
  /** The lease ran out without a result. */
  'leaseExpired',
  /** The worker did not take the attempt, or gave it back. */
  'refused',
  /** No worker takes it, and none has for long. */
  'unschedulable',
  /** What was reported of the attempt did not arrive: whoever compares journal and workers has found that out. */
  'callbackLost',
  /** The workflow ended by itself before its job. */
  'workflowEnded',
  /** The job failed, and its graph says that it is to be undone. */
  'jobFailed',
  /** Retries did not mend what was not a fault of the product or of its test. */
  'exhausted',
] as const;
export type RecoveryCause = (typeof RECOVERY_CAUSES)[number];

/** Of an attempt that was lost. */
export const LOSS_CAUSES = [
  'workerLost',
  'leaseExpired',
  'refused',
  'unschedulable',
  'callbackLost',
] as const satisfies readonly RecoveryCause[];
export type LossCause = (typeof LOSS_CAUSES)[number];

/**
 * `reassign`: another attempt, on another worker where there is one. `restart`: another attempt, on the same worker, if it
 * is back in time. `resume`: another run of the workflow, from the nodes that are final. `rollback`: what was done is
 * undone. `park`: given up, a person decides.
 */
export const RECOVERY_STRATEGIES = ['reassign', 'restart', 'resume', 'rollback', 'park'] as const;
export type RecoveryStrategy = (typeof RECOVERY_STRATEGIES)[number];

/** What may be done about an attempt that was lost; `recovery.lost` of a graph file. */
export const LOSS_POLICIES = ['reassign', 'restart', 'park'] as const satisfies readonly RecoveryStrategy[];
export type LossPolicy = (typeof LOSS_POLICIES)[number];

/** How a node is recovered whose attempt was lost. It spends nothing of the retry budget. */
export interface RecoveryPolicy {
  readonly lost: LossPolicy;
  /** Attempts that may be lost before the node is given up: such a node is likely what kills its workers. */
  readonly losses: number;
  /** Of `restart`: how long the same worker is waited for, milliseconds. */
  readonly restartWithinMs: number;
}

export const DEFAULT_RECOVERY: RecoveryPolicy = { lost: 'reassign', losses: 5, restartWithinMs: 120_000 };
