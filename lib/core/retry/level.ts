import type { JobType } from '../model/job-type';

/**
 * How far a person goes when they have a job tried again.
 *
 * 1. What waits for its next attempt begins it now: as the graph says, only sooner.
 * 2. What failed runs again with a new budget, up to `FREE_RETRIES` times a job.
 * 3. The same beyond that.
 */
export type RetryLevel = 1 | 2 | 3;

/** No job goes beyond the level of its type. */
const MAX_RETRY_LEVEL: Readonly<Record<JobType, RetryLevel>> = {
  CRITICAL: 3,
  STANDARD: 2,
  LOW_PRIORITY: 1,
};

/** How often what failed in a job may run again before that is level 3. */
export const FREE_RETRIES = 3;

/** Why a job of this type is not tried again at a level, if it is not. */
export function beyondType(type: JobType, level: number): string | undefined {
  if (level <= MAX_RETRY_LEVEL[type]) return undefined;
  return `a ${type} job is tried again up to level ${MAX_RETRY_LEVEL[type]}, and this is level ${level}`;
}
