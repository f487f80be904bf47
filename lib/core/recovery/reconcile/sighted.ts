import type { AttemptRef } from '../../model/attempt';
import type { ReadOnly } from '../../model/read-only';
import type { AttemptSighting, ExecutionSighting } from '../../ports/sightings';
import type { JobFold } from '../../ports/streams';
import type { PoolState } from '../../scheduler/state';

/** An attempt that a worker says it runs. */
export interface RunningAttempt extends AttemptRef {
  readonly workerId: string;
}

/** A job with its pool, and what the world says of it. What was not asked, or not answered, is absent. */
export interface SightedJob {
  readonly jobId: string;
  readonly job: Pick<JobFold, 'state' | 'index' | 'traceId'>;
  /** The whole pool of the job. */
  readonly pool: ReadOnly<PoolState>;
  readonly execution?: ExecutionSighting;
  /** By `attemptKey`. */
  readonly attempts: ReadonlyMap<string, AttemptSighting>;
  /** Attempts of the job that workers say they run, beside those that were asked about. */
  readonly running: readonly RunningAttempt[];
}
