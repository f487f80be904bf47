import type { Graph } from '../../../../../lib/core/dag/graph';
import { jobEffects } from '../../../../../lib/core/job/effects';
import type { JobEvent } from '../../../../../lib/core/job/events';
import type { JobContext } from '../../../../../lib/core/job/offers';
import type { Recorded } from '../../../../../lib/core/journal/envelope';
import type { JobMessage } from '../../../../../lib/core/messages/job';
import type { PoolMessage } from '../../../../../lib/core/messages/pool';
import type { AttemptSighting, ExecutionSighting } from '../../../../../lib/core/ports/sightings';
import { reconcileJob } from '../../../../../lib/core/recovery/reconcile/job';
import type { Repair } from '../../../../../lib/core/recovery/reconcile/repair';
import type { SightedJob } from '../../../../../lib/core/recovery/reconcile/sighted';
import { decidePool } from '../../../../../lib/core/scheduler/decide';
import { evolvePool } from '../../../../../lib/core/scheduler/evolve';
import type { PoolInput } from '../../../../../lib/core/scheduler/input';
import { initialPool, type PoolState } from '../../../../../lib/core/scheduler/state';
import { JobDriver } from '../../../../support/job-driver';

export const HOUR = 3_600_000;
export const GRACE = 60_000;

/** A job and its pool, in step but for the messages that a case drops on the way between them. */
export class SightedDriver {
  readonly job: JobDriver;
  readonly pool: PoolState = initialPool();

  constructor(graph: Graph, deadlineAt?: number) {
    this.job = new JobDriver(graph);
    this.tellPool({ type: 'workerRegistered', worker: { workerId: 'w', labels: '*', slots: 9 } });
    const submission = { graphHash: 'h', owner: 'ana', priority: 'normal', pool: 'default' } as const;
    this.tell({ type: 'submit', ...submission, ...(deadlineAt === undefined ? {} : { deadlineAt }) });
  }

  get now(): number {
    return this.job.now;
  }

  pass(ms: number): this {
    this.job.now += ms;
    return this;
  }

  /** Tells the job, and the pool what follows; messages of these types get lost. @returns what the pool made known. */
  tell(message: JobMessage, ...lost: readonly PoolMessage['type'][]): this {
    const context: JobContext = { jobId: 'j', index: this.job.index, state: this.job.state, traceId: 't' };
    const from = this.job.events.length;
    this.job.send(message);
    for (const [i, { event, at }] of this.job.events.slice(from).entries()) {
      const recorded = { ...event, at, seq: from + i + 1, stream: 'job/j' } as unknown as Recorded<JobEvent>;
      for (const effect of jobEffects(context, recorded)) {
        if (effect.kind !== 'send' || effect.to.kind !== 'pool') continue;
        const told = effect.message as PoolMessage;
        if (!lost.includes(told.type)) this.tellPool(told);
      }
    }
    return this;
  }

  /** Admits the job and enters all of its nodes. */
  begin(...lost: readonly PoolMessage['type'][]): this {
    this.tell({ type: 'admit' });
    for (const { id } of this.job.graph.nodes)
      this.tell({ type: 'nodeEntered', nodeId: id, token: `token-${id}` }, ...lost);
    return this;
  }

  tellPool(message: PoolMessage): this {
    const decide = (input: PoolInput) => {
      for (const event of decidePool(this.pool, input)) evolvePool(this.pool, event, this.job.now);
    };
    decide({ ...message, at: this.job.now });
    decide({ type: 'assign', at: this.job.now });
    return this;
  }

  sighted(
    seen: { execution?: ExecutionSighting; attempts?: Record<string, AttemptSighting> } = {},
  ): SightedJob {
    const { execution, attempts = {} } = seen;
    return {
      jobId: 'j',
      job: { state: this.job.state, index: this.job.index, traceId: 't' },
      pool: this.pool,
      attempts: new Map(Object.entries(attempts).map(([name, sighting]) => [`j/${name}`, sighting])),
      running: [],
      ...(execution === undefined ? {} : { execution }),
    };
  }

  repairs(seen: Parameters<SightedDriver['sighted']>[0] = {}, graceMs = GRACE): Repair[] {
    return reconcileJob(this.sighted(seen), { now: this.job.now, graceMs });
  }
}

/** A repair in short: its kind, and what it does. */
export function brief({ kind, effect }: Repair): string {
  if (effect.kind !== 'send') return `${kind}: ${effect.kind}`;
  return `${kind}: ${effect.to.kind} ${effect.message.type}`;
}
