import type { RetryPlan } from '../model/retry-policy';
import type { RollbackEventType, RollbackOrder } from './events';

/** What a rollback came to for a node: `parked` is what could not be undone, and waits for a person. */
export const ROLLBACKS = ['undone', 'parked'] as const;
export type Rollback = (typeof ROLLBACKS)[number];

/**
 * Of a step, which undoes one node. waiting: nodes below it are to be undone first. ready: offered to the pool. running: a
 * worker has it. backoff: waits for its next attempt. undone and parked: over.
 */
export const STEP_PHASES = ['waiting', 'ready', 'running', 'backoff', ...ROLLBACKS] as const;
export type StepPhase = (typeof STEP_PHASES)[number];

/** One node as it is undone. Its attempts are numbered on from those of the node. Times in milliseconds since the epoch. */
export interface StepState {
  phase: StepPhase;
  /** Number of the latest attempt; 0 before the first. */
  attempt: number;
  /** Attempts so far, lost ones included. */
  made: number;
  failures: number;
  /** The attempt that `failures` counted last. */
  failedAttempt?: number;
  losses: number;
  /** Attempts that no worker took. */
  refusals?: number;
  readyAt?: number;
  /** When the first attempt was ready. */
  since?: number;
  workerId?: string;
  /** Of one in backoff: when the next attempt is due. */
  dueAt?: number;
  /** How the latest attempt, or the one to come, was scheduled, if it is a retry. */
  retry?: RetryPlan;
}

export interface RollbackState extends RollbackOrder {
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  completedAt?: number;
  /** By index of the node; what was complete last comes first. */
  readonly steps: Map<number, StepState>;
  /** Steps that wait for nothing any more, by index of the node. */
  readonly agenda: Set<number>;
  /** Steps that are not over. */
  open: number;
  /** By index of the graph: nodes right below that are, or have below them, something to be undone first. */
  readonly blockers: number[];
  /** Items of a fan-out that are to be undone yet, by index of the fan-out. */
  readonly items: Map<number, number>;
}

type StepEventType = Extract<RollbackEventType, `rollback.step${string}`>;

/** Every way a step can go. What is not here does not happen: `evolve` refuses it. */
export const STEP_TRANSITIONS: readonly (readonly [StepPhase, StepEventType, StepPhase])[] = [
  ['waiting', 'rollback.stepReady', 'ready'],

  ['ready', 'rollback.stepStarted', 'running'],
  // A report that overtook the one of the start.
  ['ready', 'rollback.stepSucceeded', 'undone'],
  ['ready', 'rollback.stepFailed', 'ready'],
  // Given back by its worker, or lost with it, before it began.
  ['ready', 'rollback.stepLost', 'ready'],
  // The next attempt, after one that was lost.
  ['ready', 'rollback.stepReady', 'ready'],
  ['ready', 'rollback.stepScheduled', 'backoff'],
  ['ready', 'rollback.stepGivenUp', 'parked'],

  ['running', 'rollback.stepSucceeded', 'undone'],
  ['running', 'rollback.stepFailed', 'running'],
  ['running', 'rollback.stepLost', 'running'],
  ['running', 'rollback.stepReady', 'ready'],
  ['running', 'rollback.stepScheduled', 'backoff'],
  ['running', 'rollback.stepGivenUp', 'parked'],

  // Its time has come.
  ['backoff', 'rollback.stepReady', 'ready'],
];

const rows = new Map(STEP_TRANSITIONS.map(([from, type, to]) => [`${from} ${type}`, to]));

/** @throws Error when a step in this phase cannot have such an event. */
export function nextStepPhase(from: StepPhase, type: StepEventType, nodeId: string): StepPhase {
  const to = rows.get(`${from} ${type}`);
  if (to === undefined) throw new Error(`the journal has ${type} of node ${nodeId}, whose step is ${from}`);
  return to;
}

/** Whether a rollback is under way. */
export function isRollingBack({
  rollback,
}: {
  readonly rollback?: { readonly completedAt?: number };
}): boolean {
  return rollback !== undefined && rollback.completedAt === undefined;
}

export function isOfRollback<E extends { readonly type: string }>(
  event: E,
): event is Extract<E, { readonly type: RollbackEventType }> {
  return event.type.startsWith('rollback.');
}
