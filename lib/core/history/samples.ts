import * as z from 'zod';
import { LIMITS } from '../limits';
import { amount, positive, text, time } from '../model/bounded';
import { FAILURE_CLASSES } from '../model/failure';
import { idSchema } from '../model/ids';
import type { ReadOnly } from '../model/read-only';

/** A node hash, an input hash, the key of a test, a signature. */
export const digestSchema = z.string().regex(/^[0-9a-f]{16}$/, 'expected 16 hex digits');

const of = { jobId: idSchema, nodeId: idSchema, attempt: positive(LIMITS.attempts) };

/** An attempt that ended by itself: one that was lost or cancelled proves nothing. Times are milliseconds. */
export const attemptSampleSchema = z.object({
  ...of,
  /** `nodeHash` */
  node: digestSchema,
  /** `inputHash` */
  input: digestSchema,
  passed: z.boolean(),
  durationMs: amount(LIMITS.deadlineMs),
  /** When it ended, since the epoch. */
  at: time(),
  /** Of a failed one whose report names tests. */
  failed: z
    .array(z.object({ key: digestSchema, name: text(LIMITS.testLabelLength) }))
    .max(LIMITS.sampleTests)
    .exactOptional(),
  /** More failed than `failed` names, or something that is no test. */
  partial: z.literal(true).exactOptional(),
  /** It ran only the tests that failed in the attempt before. */
  rerun: z.literal(true).exactOptional(),
});
export type AttemptSample = ReadOnly<z.infer<typeof attemptSampleSchema>>;

/** A retry that ended by itself: after which failure, how it was tried, and whether that helped. */
export const retrySampleSchema = z.object({
  /** The retry; the failure was that of the attempt before. */
  ...of,
  signature: digestSchema,
  class: z.enum(FAILURE_CLASSES),
  strategy: text(LIMITS.strategyLength),
  resolved: z.boolean(),
  /** Milliseconds, as scheduled. */
  waitedMs: amount(LIMITS.deadlineMs),
  spentMs: amount(LIMITS.deadlineMs),
  /** `spentMs` times the slots that it held. */
  slotMs: amount(),
  at: time(),
});
export type RetrySample = ReadOnly<z.infer<typeof retrySampleSchema>>;

/** As `Quarantine`. */
export const quarantineSchema = z.object({
  id: digestSchema,
  of: z.enum(['node', 'test']),
  name: text(LIMITS.testLabelLength),
  owner: text(LIMITS.ownerLength),
  reason: text(LIMITS.reasonLength),
  by: text(LIMITS.ownerLength),
  createdAt: time(),
  expiresAt: time(),
});

/** What one job measured. */
export interface HistoryUpdate {
  readonly jobId: string;
  readonly owner: string;
  readonly attempts: readonly AttemptSample[];
  readonly retries: readonly RetrySample[];
}

type Sample = Pick<AttemptSample, 'jobId' | 'nodeId' | 'attempt' | 'at'>;

/** Names a sample within what it is kept under, in the order of time: 13 digits of milliseconds last until 2286. */
export function sampleKey({ at, jobId, nodeId, attempt }: Sample): string {
  const [time, number] = [String(Math.floor(at)).padStart(13, '0'), String(attempt).padStart(7, '0')];
  return `${time}#${jobId}#${nodeId}#${number}`;
}

/** How much of the history an answer holds: the latest. */
export const WINDOWS = {
  /** Attempts of a node. */
  node: 50,
  /** Retries after failures of a signature. */
  signature: 200,
  /** Failed attempts of an owner, where nodes and tests are looked for that may be flaky. */
  failures: 500,
  /** Retries of an owner, or of the deployment. */
  retries: 1_000,
} as const;

/** What is older is forgotten, milliseconds. */
export const HISTORY_MS = 90 * 24 * 3_600_000;
