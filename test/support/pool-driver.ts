import type { Ended, PoolMessage, WorkItem } from '../../lib/core/messages/pool';
import { poolDecider } from '../../lib/core/scheduler/decider';
import type { PoolEvent } from '../../lib/core/scheduler/events';
import { freezePool, thawPool } from '../../lib/core/scheduler/snapshot';
import type { PoolState } from '../../lib/core/scheduler/state';

export interface Happened {
  readonly event: PoolEvent;
  readonly at: number;
}

/** A pool that is told things, at a time that the test moves. What follows from them it assigns at once. */
export class PoolDriver {
  state: PoolState = poolDecider.initial();
  readonly events: Happened[] = [];
  private count = 0;

  constructor(public now = 0) {}

  send(message: PoolMessage): PoolEvent[] {
    const events: PoolEvent[] = [];
    for (const input of [message, { type: 'assign' as const }]) {
      for (const event of poolDecider.decide(this.state, { ...input, at: this.now })) {
        poolDecider.evolve(this.state, event, this.now);
        events.push(event);
        this.events.push({ event, at: this.now });
      }
    }
    return events;
  }

  register(
    workerId: string,
    rest: { readonly labels?: string[]; readonly slots?: number } = {},
  ): PoolEvent[] {
    const worker = { workerId, labels: [], slots: 1, endpoint: `http://${workerId}`, ...rest };
    return this.send({ type: 'workerRegistered', worker });
  }

  /** Offers an attempt. @returns its node, and the worker that has it now, where one has. */
  offer(rest: Partial<WorkItem> = {}): { readonly nodeId: string; readonly workerId: string | undefined } {
    const nodeId = rest.nodeId ?? `n${++this.count}`;
    const work: WorkItem = {
      ...{ jobId: 'j', nodeId, attempt: 1, graphHash: 'h', owner: 'ana', labels: [], slots: 1 },
      ...{ priority: 'normal', rank: 1, timeoutMs: 3_600_000, readyAt: this.now, traceId: 't' },
      ...{ nodeHash: 'a'.repeat(16), ...rest },
    };
    this.send({ type: 'workOffered', work });
    return { nodeId, workerId: this.holderOf(nodeId, work.attempt) };
  }

  holderOf(nodeId: string, attempt = 1): string | undefined {
    return this.state.leases.get(`j/${nodeId}/${attempt}`)?.workerId;
  }

  end(nodeId: string, ended?: Ended, attempt = 1): PoolEvent[] {
    const ref = { jobId: 'j', nodeId, attempt };
    return this.send({ type: 'workReleased', ...ref, ...(ended && { ended }) });
  }

  /** An attempt on a worker of which it is known that it is the only one free, or the one that work is bound to. */
  runOn(workerId: string, ended: Ended, rest: Partial<WorkItem> = {}): PoolEvent[] {
    const { nodeId } = this.offer({ ...rest, on: { workerId, until: this.now + 1 } });
    if (this.holderOf(nodeId) !== workerId) throw new Error(`${workerId} did not get ${nodeId}`);
    this.now += 1_000;
    return this.end(nodeId, ended);
  }

  refuse(nodeId: string): PoolEvent[] {
    const workerId = this.holderOf(nodeId) ?? 'nobody';
    const ref = { jobId: 'j', nodeId, attempt: 1 };
    return this.send({ type: 'dispatchFailed', ...ref, workerId, reason: 'connection refused' });
  }

  of<T extends PoolEvent['type']>(type: T): Extract<PoolEvent, { type: T }>['data'][] {
    const found = this.events.filter(({ event }) => event.type === type);
    return found.map(({ event }) => event.data as never);
  }

  /** As another process would have it, from a snapshot. */
  reload(): void {
    this.state = thawPool(JSON.parse(JSON.stringify(freezePool(this.state))));
  }
}
