import { jobNodes } from '../../job/nodes';
import type { JobState } from '../../job/state';
import { attemptKey } from '../../model/attempt';
import { isOver } from '../../model/outcome';
import type { ReadOnly } from '../../model/read-only';
import type { PoolState } from '../../scheduler/state';
import { reconcileAdmission } from './admission';
import { grantedAt, reconcileAttempts } from './attempts';
import { isOld, type Patience, type Repair } from './repair';
import type { RunningAttempt, SightedJob } from './sighted';
import { overdueNodes, reconcileWorkflow } from './workflow';

/**
 * Compares a job with its pool, its workflow and its workers. What comes back brings them into step again; nothing comes
 * where they agree, or where what differs may be under way.
 */
export function reconcileJob(sighted: SightedJob, patience: Patience): Repair[] {
  return [
    ...reconcileAdmission(sighted, patience),
    ...reconcileAttempts(sighted, patience),
    ...reconcileWorkflow(sighted, patience),
  ];
}

/** What a job has to be asked about. */
export interface Questions {
  /** How its workflow stands: nodes are overdue, or it is time to look. */
  readonly execution: boolean;
  /** Attempts that are out for longer than the grace, and where. */
  readonly attempts: readonly RunningAttempt[];
}

/** Of a job in which nothing stands out, nobody has to be asked. */
export function questionsOf(
  { jobId, job, pool }: Pick<SightedJob, 'jobId' | 'job' | 'pool'>,
  patience: Patience,
): Questions {
  return {
    execution: overdueNodes(job, patience).length > 0,
    attempts: [...leasedTo(jobId, pool, patience), ...unleased(jobId, job, { pool, patience })],
  };
}

function leasedTo(jobId: string, pool: ReadOnly<PoolState>, patience: Patience): Questions['attempts'] {
  return [...pool.leases.values()]
    .filter((lease) => lease.work.jobId === jobId && isOld(grantedAt(lease), patience))
    .map(({ work: { nodeId, attempt }, workerId }) => ({ jobId, nodeId, attempt, workerId }));
}

/** What the journal has running, and the pool has not. */
function unleased(
  jobId: string,
  { index, state }: SightedJob['job'],
  { pool, patience }: { readonly pool: ReadOnly<PoolState>; readonly patience: Patience },
): Questions['attempts'] {
  if (isSettled(state)) return [];
  return jobNodes(index, state).flatMap(({ i, id: nodeId, node }) => {
    // What undoes a node has the number of its latest attempt.
    const step = state.rollback?.steps.get(i);
    const { phase, workerId } = step ?? node;
    const since = step ? step.readyAt : node.startedAt;
    if (phase !== 'running' || workerId === undefined || !isOld(since, patience)) return [];
    const ref = { jobId, nodeId, attempt: node.attempt };
    return pool.leases.has(attemptKey(ref)) ? [] : [{ ...ref, workerId }];
  });
}

const isSettled = ({ status }: ReadOnly<JobState>): boolean => status === 'new' || isOver(status);
