import { z } from 'zod';
import { workerSchema } from '../core/messages/pool';
import { idSchema } from '../core/model/ids';
import { resourcesSchema } from '../core/model/resources';

/** Workers, as they cross HTTP. */

export const workerParams = z.object({ workerId: idSchema });

/** `POST /workers` registers a worker; repeat it after a 404 of the heartbeat. */
export const registerWorkerRequest = z.strictObject({
  worker_id: idSchema,
  pool: idSchema.default('default'),
  labels: z.array(z.string().max(64)).max(64),
  slots: workerSchema.shape.slots,
  /** Amounts of named resources that the work of this worker shares. */
  resources: resourcesSchema.exactOptional(),
  /** Where this worker serves the Test Execution Engine contract, reachable from the engine. */
  endpoint: z.url(),
});
export type RegisterWorkerRequest = z.input<typeof registerWorkerRequest>;

/** 201. The worker accepts only calls that carry `dispatch_token` as bearer token. */
export const registerWorkerResponse = z.object({
  worker_id: idSchema,
  dispatch_token: z.string(),
  heartbeat_seconds: z.number(),
});

/** `POST /workers/{workerId}/cordon`: it gets no new work until it is uncordoned; what it runs goes on. */
export const cordonWorkerRequest = z.strictObject({
  pool: idSchema.default('default'),
  reason: z.string().min(1).max(500),
});

/** `POST /workers/{workerId}/uncordon` */
export const uncordonWorkerRequest = z.strictObject({ pool: idSchema.default('default') });

/** `POST /workers/{workerId}/heartbeat`; 404 when the engine holds the worker for lost. */
export const heartbeatRequest = z.strictObject({
  pool: idSchema.default('default'),
  running: z.number().int().nonnegative(),
  /** The worker finishes what it runs and takes nothing new. */
  draining: z.boolean().exactOptional(),
});

/** What a command to a worker answers. */
export const workerResponse = z.object({ worker_id: idSchema });
