import * as z from 'zod';
import { AUDIT_OUTCOMES } from '../core/audit/events';
import { LIMITS } from '../core/limits';
import { line } from '../core/model/bounded';
import { listKeys, nextPage } from './list';

/** The audit trail, as it crosses HTTP. */

const name = line(LIMITS.ownerLength).min(1);

/** `GET /audit`. What is left out asks for nothing. */
export const auditQuery = z.strictObject({
  principal: name.optional(),
  /** A part of the route or the command. */
  action: line(LIMITS.auditText).min(1).optional(),
  outcome: z.enum(AUDIT_OUTCOMES).optional(),
  job: line(LIMITS.idLength).min(1).optional(),
  /** The start of today (UTC), where it is not given. */
  from: z.iso.datetime().max(LIMITS.idLength).optional(),
  /** Up to here and not including it; now, where it is not given. */
  to: z.iso.datetime().max(LIMITS.idLength).optional(),
  ...listKeys(['at'], LIMITS.auditPage, 100),
});

const auditRecord = z.object({
  at: z.iso.datetime(),
  /** Empty where nobody is known. */
  principal: z.string(),
  source: z.string(),
  scope: z.string().optional(),
  action: z.string(),
  resource: z.string().optional(),
  owner: z.string().optional(),
  outcome: z.enum(AUDIT_OUTCOMES),
  status: z.number(),
  code: z.string().optional(),
  reason: z.string().optional(),
  correlation_id: z.string().optional(),
  /** It stands for so many of its kind. */
  times: z.number().optional(),
  /** So many refusals before it were counted and not written. */
  unwritten: z.number().optional(),
  request_id: z.string(),
  trace_id: z.string(),
  /** Where it stands: `reprise journal` verifies the stream. */
  stream: z.string(),
  seq: z.number(),
});
export type AuditRecordBody = z.infer<typeof auditRecord>;

/** The oldest first. A page may have no record and yet a cursor. */
export const auditResponse = z.object({
  records: z.array(auditRecord),
  ...nextPage,
});
