import { z } from 'zod';

/** The part of the REST API that only the daemon of a machine has: on AWS events are put on the bus itself. */

/** `POST /events`: an entry as EventBridge takes it. */
export const putEventRequest = z.strictObject({
  source: z.string().min(1).max(256),
  'detail-type': z.string().min(1).max(128),
  detail: z.record(z.string(), z.json()).default({}),
  resources: z.array(z.string().max(2_048)).max(10).default([]),
  /** An event that is sent again with the same id starts nothing twice. */
  id: z.string().min(1).max(256).optional(),
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
