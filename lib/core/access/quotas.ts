import * as z from 'zod';

/** Where counts are kept; the permissions of functions that only count name it. */
export const QUOTA_PREFIX = 'QUOTA#';

const count = z.number().int().min(1).max(1_000_000);
/** What is counted one by one, so that a repeat is known: an item of the table holds them all. */
const counted = z.number().int().min(1).max(10_000);

/** What one owner may have at most. */
export const quotasSchema = z.strictObject({
  /** Calls of the API by an owner; workers have none of them. */
  requestsPerMinute: count,
  /** Jobs that wait to be admitted, in all pools together. */
  waitingJobs: count,
  /** Triggers that are not deleted. */
  triggers: count,
  /** Graphs that an owner brings for the first time. */
  graphsPerDay: counted,
  /** Graphs that get state machines of their own. */
  machinesPerDay: counted,
  /** Jobs that all triggers of an owner start. */
  firingsPerMinute: counted,
  /** Jobs that one cause starts, over as many triggers as it leads through. */
  jobsOfOneCause: counted,
});
export type OwnerQuotas = z.infer<typeof quotasSchema>;

export const DEFAULT_QUOTAS: OwnerQuotas = {
  requestsPerMinute: 3_000,
  waitingJobs: 1_000,
  triggers: 50,
  graphsPerDay: 1_000,
  machinesPerDay: 200,
  firingsPerMinute: 600,
  jobsOfOneCause: 100,
};
