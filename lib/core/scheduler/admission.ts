import type { QueuedJob } from '../messages/pool';
import type { QueueStatus } from '../model/queue-status';
import type { ReadOnly } from '../model/read-only';
import type { PoolEvent } from './events';
import { shareOf } from './lanes';
import { agedClass } from './order';
import { insertSorted, removeSorted } from './sorted';

/** Jobs that run at once unless the queue is told otherwise. */
const MAX_RUNNING_JOBS = 500;

/** The queue of jobs of a pool: which wait to be admitted, which run. */
export interface Admission {
  status: QueueStatus;
  maxRunningJobs: number;
  waiting: Map<string, QueuedJob>;
  /** What waits, by `shareOf`, oldest first. */
  lines: Map<string, QueuedJob[]>;
  /** Admitted and not over. */
  running: Map<string, QueuedJob>;
  /** Running jobs by `shareOf`. */
  runningBy: Map<string, number>;
}

export function initialAdmission(): Admission {
  return {
    status: 'open',
    maxRunningJobs: MAX_RUNNING_JOBS,
    waiting: new Map(),
    lines: new Map(),
    running: new Map(),
    runningBy: new Map(),
  };
}

/**
 * Admits waiting jobs while there is room: the most urgent class, waiting counted in; within it the owner with the
 * fewest running jobs; of that owner the oldest. O(owners) for each admission.
 * @param at milliseconds since the epoch.
 */
export function admit(admission: ReadOnly<Admission>, at: number): PoolEvent[] {
  if (admission.status === 'paused') return [];
  const room = admission.maxRunningJobs - admission.running.size;
  const taken = new Map<string, number>();
  const events: PoolEvent[] = [];
  while (events.length < room) {
    const job = next(admission, taken, at);
    if (!job) break;
    taken.set(shareOf(job), (taken.get(shareOf(job)) ?? 0) + 1);
    events.push({ type: 'queue.admitted', data: { jobId: job.jobId } });
  }
  return events;
}

function next({ lines, runningBy }: ReadOnly<Admission>, taken: ReadonlyMap<string, number>, at: number) {
  let best: { job: QueuedJob; order: readonly [number, number, number] } | undefined;
  for (const [share, line] of lines) {
    const skip = taken.get(share) ?? 0;
    const job = line[skip];
    if (!job) continue;
    const urgency = agedClass({ priority: job.priority, readyAt: job.queuedAt }, at);
    const order = [urgency, (runningBy.get(share) ?? 0) + skip, job.queuedAt] as const;
    if (!best || precedes(order, best.order)) best = { job, order };
  }
  return best?.job;
}

function precedes(a: readonly [number, number, number], b: readonly [number, number, number]): boolean {
  return (a[0] - b[0] || a[1] - b[1] || a[2] - b[2]) < 0;
}

const byQueueing = (a: QueuedJob, b: QueuedJob): number =>
  a.queuedAt - b.queuedAt || (a.jobId < b.jobId ? -1 : a.jobId > b.jobId ? 1 : 0);

export function enterQueue(admission: Admission, job: QueuedJob): void {
  admission.waiting.set(job.jobId, job);
  const line = admission.lines.get(shareOf(job)) ?? [];
  insertSorted(line, job, byQueueing);
  admission.lines.set(shareOf(job), line);
}

/** @returns the job, when it waited. */
export function leaveQueue(admission: Admission, jobId: string): QueuedJob | undefined {
  const job = admission.waiting.get(jobId);
  if (!job) return undefined;
  admission.waiting.delete(jobId);
  const line = admission.lines.get(shareOf(job)) ?? [];
  removeSorted(line, job, byQueueing);
  if (line.length === 0) admission.lines.delete(shareOf(job));
  return job;
}

export function startRunning({ running, runningBy }: Admission, job: QueuedJob): void {
  running.set(job.jobId, job);
  runningBy.set(shareOf(job), (runningBy.get(shareOf(job)) ?? 0) + 1);
}

/** @returns the job, when it ran. */
export function stopRunning({ running, runningBy }: Admission, jobId: string): QueuedJob | undefined {
  const job = running.get(jobId);
  if (!job) return undefined;
  running.delete(jobId);
  const left = (runningBy.get(shareOf(job)) ?? 0) - 1;
  if (left > 0) runningBy.set(shareOf(job), left);
  else runningBy.delete(shareOf(job));
  return job;
}
