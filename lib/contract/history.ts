import * as z from 'zod';
import { digestSchema } from '../core/history/samples';
import { LIMITS } from '../core/limits';
import { line } from '../core/model/bounded';
import { FAILURE_CLASSES } from '../core/model/failure';
import { idSchema } from '../core/model/ids';
import { ownerQuery } from './jobs';
import { listKeys, nextPage } from './list';

/** What jobs measured, and what people decide of it, as it crosses HTTP. */

const failureClass = z.enum(FAILURE_CLASSES);
const time = z.iso.datetime();

/** `POST /jobs/{jobId}/nodes/{nodeId}/attempts/{attempt}/class`: what the failure of the attempt was. */
export const reclassifyRequest = z.strictObject({
  class: failureClass,
  reason: line(LIMITS.reasonLength).min(1),
  /** Not for the failures of the job's owner alone: administrators only. */
  for_everyone: z.boolean().default(false),
});
export type ReclassifyRequest = z.input<typeof reclassifyRequest>;

/** What retries came to. Shares are of `attempts`, with the ends of their 95 % interval. */
const effectivenessRow = z.object({
  signature: digestSchema,
  class: failureClass,
  strategy: z.string(),
  attempts: z.number(),
  resolved: z.number(),
  share: z.number(),
  low: z.number(),
  high: z.number(),
  waited_seconds: z.number(),
  spent_seconds: z.number(),
  slot_seconds: z.number(),
  cost_usd: z.number().optional(),
  recommendation: z.string(),
});

/** `GET /history/effectiveness` */
export const effectivenessQuery = ownerQuery.extend({
  /** `everyone`: of the whole deployment, for administrators. */
  of: z.enum(['owner', 'everyone']).default('owner'),
  /** What a slot costs for an hour; without it no cost is reckoned. */
  slot_hour_usd: z.coerce.number().min(0).max(LIMITS.slotHourUsd).optional(),
});
export const effectivenessResponse = z.object({ effectiveness: z.array(effectivenessRow) });
export type EffectivenessView = z.infer<typeof effectivenessResponse>;

export const signatureParams = z.object({ signature: digestSchema });
/** `GET /history/signatures/{signature}`: numbers of the whole deployment, and what holds for the caller. */
export const signatureView = z.object({
  signature: digestSchema,
  effectiveness: z.array(effectivenessRow.omit({ signature: true, recommendation: true })),
  correction: z.object({ class: failureClass, by: z.string(), reason: z.string(), at: time }).optional(),
});

const of = z.enum(['node', 'test']);

export const quarantineParams = z.object({ id: digestSchema });
/** `DELETE /quarantines/{id}`: which one is gone. */
export const quarantineRemoved = z.object({ id: digestSchema });
/** `PUT /quarantines/{id}`: enters a known flake; repeated, it changes nothing. */
export const putQuarantineRequest = z.strictObject({
  of,
  /** What it is, for a person. */
  name: line(LIMITS.testLabelLength).min(1),
  /** Who answers for it. */
  owner: line(LIMITS.ownerLength).min(1),
  reason: line(LIMITS.reasonLength).min(1),
  /** 90 days from now at most. */
  expires_at: time.max(40),
});
export type PutQuarantineRequest = z.input<typeof putQuarantineRequest>;

export const quarantineView = z.object({
  id: digestSchema,
  of,
  name: z.string(),
  owner: z.string(),
  reason: z.string(),
  by: z.string(),
  created_at: time,
  expires_at: time,
  /** Its failures count again. */
  expired: z.boolean(),
});
export type QuarantineView = z.infer<typeof quarantineView>;

/** `GET /quarantines` */
export const listQuarantinesQuery = ownerQuery.extend({
  of: of.optional(),
  ...listKeys(['name', '-name', 'created_at', '-created_at', 'expires_at', '-expires_at']),
});
export const listQuarantinesResponse = z.object({ quarantines: z.array(quarantineView), ...nextPage });

/** `GET /history/flakes`: what failed lately, what is proposed for quarantine first. */
export const flakesResponse = z.object({
  flakes: z.array(
    z.object({
      id: digestSchema,
      of,
      name: z.string(),
      verdict: z.enum(['flaky', 'stable', 'unknown']),
      attempts: z.number(),
      failures: z.number(),
      rate: z.number(),
      low: z.number(),
      high: z.number(),
      proposed: z.boolean(),
      quarantine: quarantineView.optional(),
      last_failed_at: time,
      last_failed_in: idSchema,
    }),
  ),
});
export type FlakesView = z.infer<typeof flakesResponse>;
