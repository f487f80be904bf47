import * as z from 'zod';
import { LEFTOVER_KINDS } from '../core/ports/cleanup';

/** The cleanup of a deployment, as it crosses HTTP. */

/** `POST /cleanup`. Without it nothing is removed but what the daily run would remove. */
export const startCleanupRequest = z.strictObject({
  /** Says what would go, and removes nothing. */
  dry_run: z.boolean().default(false),
});

export const startCleanupResponse = z.object({ run: z.string(), dry_run: z.boolean() });

const kind = z.enum(LEFTOVER_KINDS);

const report = z.object({
  run: z.string(),
  by: z.string(),
  dry_run: z.boolean(),
  /** Days a job is kept after its end. */
  job_days: z.number(),
  started_at: z.iso.datetime(),
  /** Absent while it runs, or where it died: the next one goes on. */
  completed_at: z.iso.datetime().optional(),
  /** Of a run that is over: what went by its kind, or would go. */
  counts: z.partialRecord(kind, z.number()).optional(),
  failed: z.number().optional(),
  /** Whether everything was looked at and dealt with. */
  complete: z.boolean().optional(),
  /** What goes, went or would go: the last hundred. */
  items: z.array(z.object({ kind, id: z.string(), why: z.string(), bytes: z.number().optional() })),
  /** What was to go, and is still there: the last hundred. */
  stayed: z.array(z.object({ kind, id: z.string(), reason: z.string(), failed: z.boolean() })),
});

/** `GET /cleanup`: the run that began last; absent where none has since the month before. */
export const cleanupView = z.object({ latest: report.optional() });
export type CleanupView = z.infer<typeof cleanupView>;
