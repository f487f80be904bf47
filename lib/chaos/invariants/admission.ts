import type { JobEvent } from '../../core/job/events';
import { jobAt, streamOf } from '../../core/messages/address';
import { attemptKey } from '../../core/model/attempt';
import type { PoolEvent } from '../../core/scheduler/events';
import { type Invariant, onEvents } from './invariant';

/** Where a job stands, by its own events. */
interface Life {
  isOver: boolean;
  /** The event since which it goes on after its end; 0 where it never ended. */
  since: number;
}

export const admittedAnew: Invariant = {
  name: 'admittedAnew',
  says: 'A job that goes on after its end is counted again: nothing of its nodes is given out before it is admitted once more.',
  watch(given) {
    const lives = new Map<string, Life>();
    /** By attempt, the life of its job that it belongs to. */
    const attempts = new Map<string, number>();
    const waiting = new Map<string, number>();
    const admitted = new Map<string, number>();
    const jobs = onEvents<JobEvent>('job', ({ type, data, seq }, jobId) => {
      const life = lives.get(jobId) ?? { isOver: false, since: 0 };
      lives.set(jobId, life);
      if ((type === 'job.resumed' || type === 'job.replanned') && life.isOver) life.since = seq;
      if (type === 'job.completed') life.isOver = true;
      else if (life.since === seq) life.isOver = false;
      if (type === 'node.ready') attempts.set(attemptKey({ ...data, jobId }), life.since);
    });
    const pools = onEvents<PoolEvent>('pool', ({ type, data }) => {
      if (type === 'queue.joined')
        (admitted.has(data.jobId) ? admitted : waiting).set(data.jobId, data.version ?? 0);
      if (type === 'queue.admitted') admitted.set(data.jobId, waiting.get(data.jobId) ?? 0);
      if (type === 'queue.left') admitted.delete(data.jobId);
      if (type !== 'lease.granted') return;
      const since = attempts.get(attemptKey(data)) ?? 0;
      const counted = admitted.get(data.jobId) ?? 0;
      if (counted < since)
        given.broken(
          `${attemptKey(data)} is given out, of ${streamOf(jobAt(data.jobId))} #${since}, and the pool has admitted #${counted}`,
        );
    });
    return {
      appended(...of) {
        jobs.appended?.(...of);
        pools.appended?.(...of);
      },
    };
  },
};
