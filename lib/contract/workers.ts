import * as z from 'zod';
import { LIMITS } from '../core/limits';
import { workerSchema } from '../core/messages/pool';
import { amount, count, line } from '../core/model/bounded';
import { idSchema } from '../core/model/ids';
import { resourcesSchema } from '../core/model/resources';
import { executionRef } from './executions';

/** Workers, as they cross HTTP. */

export const workerParams = z.object({ workerId: idSchema });

const endpoint = z
  .url({ protocol: /^https?$/ })
  .max(2_048)
  .refine((text) => {
    const { username, password, search, hash } = new URL(text);
    return [username, password, search, hash].every((part) => part === '');
  }, 'an endpoint has no user, query or fragment: send scheme, host, port and path only');

/** `POST /workers` registers a worker; repeat it after a 404 of the heartbeat. */
export const registerWorkerRequest = z.strictObject({
  worker_id: idSchema,
  pool: idSchema.default('default'),
  labels: z.array(line(LIMITS.idLength)).max(LIMITS.workerLabels),
  slots: workerSchema.shape.slots,
  /** Amounts of named resources that the work of this worker shares. */
  resources: resourcesSchema.exactOptional(),
  /**
   * Where this worker serves the Test Execution Engine contract, reachable from the engine: https, or http in the networks
   * that the deployment names. One without an endpoint pulls: it opens the connection that the answer names.
   */
  endpoint: endpoint.exactOptional(),
  /**
   * Attempts that go on here, or have ended and are still to be reported. Whatever else was handed to the registration that
   * this one takes the place of is gone, and is made again at once; left out, nobody knows before somebody asks.
   */
  running: z.array(executionRef).max(LIMITS.unfinished).exactOptional(),
});
export type RegisterWorkerRequest = z.input<typeof registerWorkerRequest>;

/** 201. A worker with an endpoint accepts only calls that carry `dispatch_token` as bearer token. */
export const registerWorkerResponse = z.object({
  worker_id: idSchema,
  dispatch_token: z.string(),
  /** Of this process: send it back with each heartbeat, so that no earlier process of the same id speaks for it. */
  registration: idSchema.optional(),
  heartbeat_seconds: z.number(),
  /** Where a worker that pulls opens its WebSocket (worker-socket.ts), for this registration. */
  connect: z.url({ protocol: /^wss?$/ }).exactOptional(),
});

/** `POST /workers/{workerId}/cordon`: it gets no new work until it is uncordoned; what it runs goes on. */
export const cordonWorkerRequest = z.strictObject({
  pool: idSchema.default('default'),
  reason: line(LIMITS.reasonLength).min(1),
});

/** `POST /workers/{workerId}/uncordon` */
export const uncordonWorkerRequest = z.strictObject({ pool: idSchema.default('default') });

/** What a worker promises: that it speaks again in so many seconds. */
export const nextSeconds = amount(LIMITS.heartbeatSeconds);

/** `POST /workers/{workerId}/heartbeat`; 404 when the engine holds the worker for lost. */
export const heartbeatRequest = z.strictObject({
  pool: idSchema.default('default'),
  running: count(LIMITS.edges),
  /** The worker finishes what it runs and takes nothing new. */
  draining: z.boolean().exactOptional(),
  /** As the registration was answered. */
  registration: idSchema.exactOptional(),
  /** In so many seconds at the latest it speaks again; 10 where it does not say. */
  next_seconds: nextSeconds.exactOptional(),
});

/** What a command to a worker answers. */
export const workerResponse = z.object({ worker_id: idSchema });
