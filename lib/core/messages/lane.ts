import { fnv1a } from '../model/fnv';
import type { Delivery } from './address';
import type { Origin } from './envelope';

/**
 * Lanes of a stream, by its kind. A queue keeps the order within a lane and hands lanes out at the same time, so that a stream
 * is bound by what it decides, and not by one batch after the other. docs/adr/0026-lanes-of-a-stream.md reckons how many.
 */
export const LANES = { pool: 32, job: 4 } as const;

/**
 * The lane, from 0, in which a message goes to its stream: the same for all whose order counts. What a pool is told of one worker, or
 * by one job, is in one lane; so is what a worker says to a job. All else is in lane 0.
 */
export function laneOf({ to, message }: Delivery, { actor }: Pick<Origin, 'actor'>): number {
  const about = to.kind === 'pool' ? subjectOf(message as object) : undefined;
  if (about !== undefined) return spread(about, LANES.pool);
  return to.kind === 'job' && actor.kind === 'worker' ? spread(actor.id, LANES.job) : 0;
}

interface Subject {
  readonly jobId?: string;
  readonly workerId?: string;
  readonly work?: { readonly jobId: string };
  readonly worker?: { readonly workerId: string };
}

function subjectOf({ jobId, work, workerId, worker }: Subject): string | undefined {
  return jobId ?? work?.jobId ?? workerId ?? worker?.workerId;
}

const spread = (name: string, lanes: number): number => (fnv1a(name) >>> 0) % lanes;
