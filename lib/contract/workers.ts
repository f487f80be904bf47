import { z } from 'zod';
import { LIMITS } from '../core/limits';
import { workerSchema } from '../core/messages/pool';
import { count, line } from '../core/model/bounded';
import { idSchema } from '../core/model/ids';
import { resourcesSchema } from '../core/model/resources';

/** Workers, as they cross HTTP. */

export const workerParams = z.object({ workerId: idSchema });

/** `POST /workers` registers a worker; repeat it after a 404 of the heartbeat. */
export const registerWorkerRequest = z.strictObject({
  worker_id: idSchema,
  pool: idSchema.default('default'),
  labels: z.array(line(LIMITS.idLength)).max(LIMITS.workerLabels),
  slots: workerSchema.shape.slots,
  /** Amounts of named resources that the work of this node shares. */
  resources: resourcesSchema.exactOptional(),
  /** Where this node serves the Test Execution Engine contract, reachable from the engine. */
  endpoint: z.url().max(LIMITS.urlLength),
});
export type RegisterWorkerRequest = z.input<typeof registerWorkerRequest>;

/** 201. The node accepts only calls that carry `dispatch_token` as bearer token. */
export const registerWorkerResponse = z.object({
  worker_id: idSchema,
  dispatch_token: z.string(),
  heartbeat_seconds: z.number(),
});

/** `POST /workers/{workerId}/cordon`: it gets no new work until it is uncordoned; what it runs goes on. */
export const cordonWorkerRequest = z.strictObject({
  pool: idSchema.default('default'),
  reason: line(LIMITS.reasonLength).min(1),
});

/** `POST /workers/{workerId}/uncordon` */
export const uncordonWorkerRequest = z.strictObject({ pool: idSchema.default('default') });

/** `POST /workers/{workerId}/heartbeat`; 404 when the engine holds the node for lost. */
export const heartbeatRequest = z.strictObject({
  pool: idSchema.default('default'),
  running: count(LIMITS.edges),
  /** The node finishes what it runs and takes nothing new. */
  draining: z.boolean().exactOptional(),
});

/** What a command to a worker answers. */
export const workerResponse = z.object({ worker_id: idSchema });
