import * as z from 'zod';
import { type EngineMessage, workerMessage } from '../contract/worker-socket';
import { type Caller, mayServe } from '../core/access/scopes';
import { poolAt } from '../core/messages/address';
import { idSchema } from '../core/model/ids';
import { present } from '../core/model/present';
import type { Clock } from '../core/model/time';
import type { RegisteredWorker, WorkerAnswers, WorkerRegistry } from '../core/ports/registries';
import type { StreamSender } from '../core/ports/streams';
import { dueAfter } from '../core/recovery/pace';
import { bareWorker } from '../core/recovery/silence';

/**
 * The connections of workers that pull. Who speaks over one is settled when it opens: the token gives the subject, the
 * address pool, worker and registration, and no message can name another.
 */

/** The part of an address that says for whom a connection is opened; the authorizer hands it on to all that follows. */
const addressQuery = z.object({ pool: idSchema, worker: idSchema, registration: idSchema });
export type SocketQuery = z.infer<typeof addressQuery>;

/** @returns undefined where it names nobody. */
export function socketQuery(query: unknown): SocketQuery | undefined {
  return addressQuery.safeParse(query ?? {}).data;
}

export function socketAddress(
  url: string,
  { pool, workerId, registration }: { pool: string; workerId: string; registration: string },
): string {
  const query: SocketQuery = { pool, worker: workerId, registration };
  return `${url}?${new URLSearchParams(query)}`;
}

/** Who opened a connection. */
export interface SocketPeer {
  readonly connectionId: string;
  readonly caller: Caller;
  readonly query: SocketQuery;
  /** When the token that it was opened with expires, milliseconds since the epoch. */
  readonly expiresAt: number;
}

export interface WorkerSocketDeps {
  readonly workers: Pick<WorkerRegistry, 'heartbeat' | 'disconnect'>;
  readonly answers: Pick<WorkerAnswers, 'put'>;
  readonly streams: StreamSender;
  /** Seconds between two heartbeats of a worker of the pool that has nothing to do. */
  readonly idleSeconds: (pool: string) => Promise<number>;
  readonly clock: Clock;
}

export interface WorkerSocket {
  /** Whether the connection may be opened. Which worker is behind it shows with its first heartbeat. */
  readonly opens: (peer: SocketPeer) => boolean;
  /** @returns what the worker is answered, if anything. @throws RepriseError UPSTREAM_UNAVAILABLE */
  readonly hear: (peer: SocketPeer, text: string, requestId: string) => Promise<EngineMessage | undefined>;
  readonly closed: (peer: SocketPeer) => Promise<void>;
}

export function createWorkerSocket(deps: WorkerSocketDeps): WorkerSocket {
  const opens = ({ caller, query, expiresAt }: SocketPeer) =>
    mayServe(caller, query.pool) && deps.clock() < expiresAt;

  return {
    opens,
    async hear(peer, text, requestId) {
      const message = workerMessage.safeParse(jsonOf(text)).data;
      if (message === undefined) return undefined;
      const { pool, worker: workerId } = peer.query;
      const at = deps.clock();
      if (message.type === 'answer') {
        const put = ({ id, status, told }: (typeof message.answers)[number]) =>
          deps.answers.put({ pool, workerId }, id, {
            ...{ status, at },
            ...(told && { told: JSON.stringify(told) }),
          });
        await Promise.all(message.answers.map(put));
        return undefined;
      }
      // A connection may live for longer than its token. Unanswered, the worker opens another, and hears why it cannot.
      if (!opens(peer)) return undefined;
      const { connectionId, caller, query } = peer;
      const { running, draining = false, next_seconds: nextSeconds } = message;
      const { subject } = caller;
      const beat = { at, running, draining, subject, registration: query.registration, connectionId };
      const dueAt = dueAfter(at, { connectionId, ...present({ nextSeconds }) });
      const before = await deps.workers.heartbeat(pool, workerId, { ...beat, dueAt });
      if (before === undefined) return { type: 'unregistered' };
      await tellPool(deps.streams, peer, { before, draining, requestId });
      return { type: 'heard', idle_seconds: await deps.idleSeconds(pool) };
    },
    closed: ({ connectionId, query: { pool, worker } }) =>
      deps.workers.disconnect(pool, worker, { connectionId, at: deps.clock() }),
  };
}

interface Beat {
  readonly before: RegisteredWorker;
  readonly draining: boolean;
  readonly requestId: string;
}

/** With every new connection that the worker is there, and with every heartbeat of one that takes nothing new that it does not. */
async function tellPool(streams: StreamSender, peer: SocketPeer, { before, draining, requestId }: Beat) {
  const { pool, worker: workerId, registration } = peer.query;
  const origin = { actor: { kind: 'worker', id: workerId }, traceId: requestId } as const;
  if (draining) {
    const message = { type: 'workerDrained', workerId, registration } as const;
    await streams.send({ to: poolAt(pool), message }, { id: `drained/${requestId}`, ...origin });
  } else if (before.connectionId !== peer.connectionId) {
    const message = { type: 'workerRegistered', worker: bareWorker(before) } as const;
    await streams.send({ to: poolAt(pool), message }, { id: `connected/${requestId}`, ...origin });
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
