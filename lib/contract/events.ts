import * as z from 'zod';
import { LIMITS } from '../core/limits';
import { line, recordOf, text } from '../core/model/bounded';

/** The part of the REST API that only the daemon of a machine has: on AWS events are put on the bus itself. */

/** `POST /events`: an entry as EventBridge takes it. */
export const putEventRequest = z.strictObject({
  source: line(LIMITS.sourceLength).min(1),
  'detail-type': line(128).min(1),
  detail: recordOf(text(LIMITS.eventBytes), z.json(), {
    most: LIMITS.bodyValues,
    bytes: LIMITS.eventBytes,
  }).default({}),
  resources: z.array(line(LIMITS.urlLength)).max(10).default([]),
  /** An event that is sent again with the same id starts nothing twice. */
  id: line(LIMITS.sourceLength).min(1).optional(),
});
export type PutEventRequest = z.input<typeof putEventRequest>;

/** 202: what the event asked for is journalled. */
export const putEventResponse = z.object({
  id: z.string(),
  /** The triggers whose pattern asks for it. */
  triggers: z.array(z.string()),
  /** The job that an `orchestration.job.requested` asked for. */
  job_id: z.string().optional(),
});
export type PutEventResponse = z.infer<typeof putEventResponse>;
