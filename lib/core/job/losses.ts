import type { ReadOnly } from '../model/read-only';
import type { LossCause, RecoveryPolicy } from '../model/recovery';
import type { StepState } from './rollback-state';
import type { NodeState } from './state';

/** Attempts of a node that no worker takes before it is given up: who does not begin it is not killed by it. */
const REFUSALS = 15;

export interface Loss {
  readonly reason: string;
  readonly cause: LossCause | undefined;
}

type Lossy = Pick<ReadOnly<NodeState | StepState>, 'phase' | 'losses' | 'refusals'>;

/** Whether an attempt that is lost in this phase never began, so that its loss says nothing of the node. */
export function isRefusal(phase: Lossy['phase'], cause: LossCause | undefined): boolean {
  return (cause === 'refused' || cause === 'unschedulable') && phase === 'ready';
}

/** Why a node, or a step that undoes it, is given up with this loss, if it is. */
export function lostTooOften(
  { losses }: Pick<RecoveryPolicy, 'losses'>,
  lossy: Lossy,
  { reason, cause }: Loss,
): string | undefined {
  if (cause === 'unschedulable') return `is taken by no worker: ${reason}`;
  if (isRefusal(lossy.phase, cause)) {
    if ((lossy.refusals ?? 0) + 1 < REFUSALS) return undefined;
    return `was taken by no worker ${REFUSALS} times, last: ${reason}`;
  }
  if (lossy.losses + 1 < losses) return undefined;
  return `lost its worker ${losses === 1 ? 'once' : `${losses} times`}, last: ${reason}`;
}
