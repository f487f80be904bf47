import * as z from 'zod';
import { LIMITS } from '../core/limits';
import { TRACE_LINES } from '../core/projections/trace-lines';

/** What carries an id, as it crosses HTTP. */

/** The id of a job, of a trace in any form that a caller may name one in, or of a call. */
export const traceParams = z.object({ id: z.string().regex(/^[A-Za-z0-9_.:=;-]{1,128}$/) });

/** `?from=N&limit=M`: `from` is the number of the first line wanted, from 0. */
export const traceQuery = z.strictObject({
  from: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).default(0),
  limit: z.coerce.number().int().min(1).max(LIMITS.eventsPage).default(LIMITS.eventsPage),
});

const traceLine = z.object({
  at: z.iso.datetime(),
  stream: z.string(),
  seq: z.number(),
  kind: z.enum(TRACE_LINES),
  type: z.string(),
  /** The id of what caused it: `<stream>/<seq>` and more, where that is an event. */
  cause: z.string(),
  actor: z.object({ kind: z.string(), id: z.string() }).optional(),
  correlation_id: z.string().optional(),
  node_id: z.string().optional(),
  attempt: z.number().optional(),
  worker_id: z.string().optional(),
  /** Where a message goes. */
  to: z.string().optional(),
});

/** `GET /trace/{id}`: in the order of time. */
export const traceResponse = z.object({
  id: z.string(),
  /** The jobs among it, with their traces as OpenTelemetry and X-Ray have them. */
  jobs: z.array(z.object({ job_id: z.string(), trace_id: z.string() })),
  lines: z.array(traceLine),
  /** How many there are. */
  total: z.number(),
  /** Where the next page begins; absent on the last. */
  next_from: z.number().optional(),
});
export type TraceResponse = z.infer<typeof traceResponse>;
