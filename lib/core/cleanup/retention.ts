import * as z from 'zod';

export const DAY_MS = 24 * 3_600_000;

/** Nothing younger is ever removed, whatever is asked for: what is new may be about to be used. */
export const LEAST_DAYS = 1;

/** Of the audit trail: whoever began to write at midnight, or by a clock that is wrong, is done by then. */
const LEAST_AUDIT_DAYS = 2;

/** Why a job is kept that is old enough: what redrives a letter needs its journal. */
export const LETTERS_WAIT = 'a letter of it is not resolved';

/** How long what is over is kept. */
export const retentionSchema = z.strictObject({
  /** Days a job is kept after its end, with its journal, logs and reports. */
  jobDays: z.number().min(LEAST_DAYS).max(36_500),
  /** Days a day of the audit trail stays where it was written; without it all of them stay there. */
  auditDays: z.number().min(LEAST_AUDIT_DAYS).max(36_500).exactOptional(),
  /** Jobs that are kept however old they are: those that ended last. */
  keepJobs: z.number().int().min(0).max(1_000_000),
});

/** What a journal directory keeps where nobody says otherwise. */
export const DEFAULT_RETENTION = { jobDays: 30, auditDays: 400, keepJobs: 0 } as const satisfies Retention;

export type Retention = z.infer<typeof retentionSchema>;
