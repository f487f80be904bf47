/** How much a job matters; it bounds how far it may be tried again, and by whom. See lib/core/access/retry-level.ts. */
export const JOB_TYPES = ['CRITICAL', 'STANDARD', 'LOW_PRIORITY'] as const;
export type JobType = (typeof JOB_TYPES)[number];
