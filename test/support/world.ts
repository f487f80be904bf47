import type { Graph } from '../../lib/core/dag/graph';
import { type Effect, type EffectPorts, performEffect } from '../../lib/core/ports/effects';
import { createJobEngine, type JobEngine, type MessageEnvelope } from '../../lib/core/engine/jobs';
import { createPoolEngine, type PoolEngine } from '../../lib/core/engine/pools';
import { parseStream } from '../../lib/core/messages/address';
import { RepriseError } from '../../lib/core/errors';
import type { JobMessage } from '../../lib/core/messages/job';
import { EMPTY_HEAD, type Recorded } from '../../lib/core/journal/envelope';
import type { JournalStore, NodeAnswer } from '../../lib/core/ports/stores';
import type { PoolMessage, WorkRef } from '../../lib/core/messages/pool';
import { seededRandom } from './graphs';

/** Thrown where a process dies; everything it held in memory is gone. */
export class Crash extends Error {}

export interface WorldOptions {
  readonly graph: Graph;
  readonly seed: number;
  /** Chance of a crash at each point: before an append, after it, before each effect, after the last. */
  readonly crashes: number;
  /** Chance that a message is delivered again. */
  readonly duplicates: number;
  /** False leaves every effect to the outbox relay. */
  readonly fastPath: boolean;
  /** Whether this attempt succeeds. */
  readonly succeeds: (ref: WorkRef) => boolean;
}

type Queued =
  | { kind: 'job'; jobId: string; message: JobMessage; id: string }
  | { kind: 'pool'; poolId: string; message: PoolMessage; id: string };

/**
 * The AWS runtime in memory: queues that deliver at least once, an engine that dies at any point, and the outbox relay that
 * performs what a dead engine did not. Everything durable survives a crash, nothing else does.
 */
export class World {
  readonly streams = new Map<string, Recorded[]>();
  readonly executions = new Map<string, number>();
  readonly answers = new Map<string, Set<string>>();
  readonly published: string[] = [];
  readonly outcomes: string[] = [];
  crashed = 0;
  private now = 1_000;
  private readonly confirmed = new Map<string, number>();
  private readonly queue: Queued[] = [];
  private readonly timers: { jobId: string; message: JobMessage; dueAt: number; id: string }[] = [];
  private readonly started = new Set<string>();
  private readonly random: () => number;
  private engines!: { jobs: JobEngine; pools: PoolEngine };

  constructor(private readonly options: WorldOptions) {
    this.random = seededRandom(options.seed);
    this.boot();
  }

  /** Submits the graph as job `j` with two workers and runs the world until nothing is left to do. */
  async run(): Promise<void> {
    for (const workerId of ['w1', 'w2']) {
      this.toPool(
        { type: 'workerRegistered', worker: { workerId, slots: 2, labels: '*' } },
        `register-${workerId}`,
      );
    }
    this.toJob({ type: 'submit', graphHash: 'g', owner: 'ana', priority: 'normal', pool: 'p' }, 'submit');
    for (let steps = 0; ; steps++) {
      if (steps > 20_000) throw new Error('the world does not come to rest');
      if (this.queue.length > 0) await this.deliver();
      else if (await this.relay()) continue;
      else if (!this.fireTimer()) return;
    }
  }

  async job() {
    return this.engines.jobs.view('j');
  }

  async pool() {
    return this.engines.pools.view('p');
  }

  private async deliver(): Promise<void> {
    // Messages of one group keep their order; a batch is what stands next to each other for the same group.
    const batch = this.nextBatch();
    try {
      const first = batch[0] as Queued;
      const envelopes = batch.map(({ id, message }) => ({
        id,
        message,
        actor: { kind: 'engine', id: 'test' } as const,
      }));
      if (first.kind === 'job') {
        await this.engines.jobs.handle(first.jobId, envelopes as MessageEnvelope<JobMessage>[]);
      } else {
        await this.engines.pools.handle(first.poolId, envelopes as MessageEnvelope<PoolMessage>[]);
      }
      if (this.random() < this.options.duplicates) this.queue.push(...batch);
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
      this.crashed += 1;
      this.queue.unshift(...batch);
      this.boot();
    }
    this.now += Math.floor(this.random() * 20);
  }

  private nextBatch(): Queued[] {
    const group = (m: Queued) => (m.kind === 'job' ? `job/${m.jobId}` : `pool/${m.poolId}`);
    const first = this.queue[0] as Queued;
    const size = 1 + Math.floor(this.random() * 10);
    let n = 0;
    while (n < size && this.queue[n] && group(this.queue[n] as Queued) === group(first)) n++;
    return this.queue.splice(0, n);
  }

  /** Performs the effects of events that no engine confirmed; true when there were any. */
  private async relay(): Promise<boolean> {
    let any = false;
    for (const [stream, events] of this.streams) {
      const from = this.confirmed.get(stream) ?? 0;
      const open = events.slice(from);
      if (open.length === 0) continue;
      any = true;
      const { kind, id } = parseStream(stream);
      const effects =
        kind === 'job'
          ? await this.engines.jobs.effectsOf(id, open as never)
          : await this.engines.pools.effectsOf(id, open as never);
      for (const effect of effects) await performEffect(this.ports, effect);
      this.confirmed.set(stream, events.length);
    }
    return any;
  }

  private fireTimer(): boolean {
    this.timers.sort((a, b) => a.dueAt - b.dueAt);
    const timer = this.timers.shift();
    if (!timer) return false;
    this.now = Math.max(this.now, timer.dueAt);
    this.toJob(timer.message, timer.id);
    return true;
  }

  private boot(): void {
    const deps = {
      journal: this.journal,
      clock: () => this.now,
      random: this.random,
      graphs: { put: async () => {}, get: async () => this.options.graph },
      perform: async (effects: readonly Effect[], of: { stream: string; from: number; seq: number }) => {
        if (!this.options.fastPath) return;
        for (const effect of effects) {
          this.mayCrash();
          await performEffect(this.ports, effect);
        }
        this.mayCrash();
        // Never past an unconfirmed event: its effects would be lost.
        if ((this.confirmed.get(of.stream) ?? 0) === of.from - 1) this.confirmed.set(of.stream, of.seq);
      },
    };
    this.engines = { jobs: createJobEngine(deps), pools: createPoolEngine(deps) };
  }

  private mayCrash(): void {
    if (this.random() < this.options.crashes) throw new Crash();
  }

  private toJob(message: JobMessage, id: string): void {
    this.queue.push({ kind: 'job', jobId: 'j', message, id });
  }

  private toPool(message: PoolMessage, id: string): void {
    this.queue.push({ kind: 'pool', poolId: 'p', message, id });
  }

  private readonly journal: JournalStore = {
    head: async (stream) => {
      const last = this.streams.get(stream)?.at(-1);
      return last ? { seq: last.seq, hash: last.hash } : EMPTY_HEAD;
    },
    read: (stream, from = 1) => asyncIterable((this.streams.get(stream) ?? []).slice(from - 1)),
    append: async (stream, expected, events) => {
      this.mayCrash();
      const held = this.streams.get(stream) ?? [];
      if (held.length !== expected.seq) throw new RepriseError('VERSION_CONFLICT', 'moved on');
      this.streams.set(stream, [...held, ...events]);
      this.mayCrash();
    },
  };

  private readonly ports: EffectPorts = {
    queues: {
      toJob: async (_jobId, message, id) => this.toJob(message, id),
      toPool: async (_poolId, message, id) => this.toPool(message, id),
      toTrigger: async () => {},
    },
    timers: {
      schedule: async (jobId, message, dueAt, id) => void this.timers.push({ jobId, message, dueAt, id }),
    },
    workflow: {
      start: async (jobId) => {
        if (this.started.has(jobId)) return;
        this.started.add(jobId);
        for (const { id } of this.options.graph.nodes) {
          this.toJob({ type: 'nodeEntered', nodeId: id, token: `token-${id}` }, `enter-${id}`);
        }
      },
      answerNode: async (_jobId, answer) => this.answer(answer),
      answerOutcome: async (_jobId, _token, status) => void this.outcomes.push(status),
      stop: async () => {},
    },
    dispatcher: {
      dispatch: async ({ work, workerId }) => this.execute(work, workerId),
      cancel: async ({ work }) => {
        const failure = { kind: 'cancelled' as const, message: 'cancelled' };
        this.toJob(
          { type: 'attemptFailed', nodeId: work.nodeId, attempt: work.attempt, durationMs: 1, failure },
          'cancel',
        );
      },
    },
    publisher: { publish: async (event) => void this.published.push(event.type) },
    sources: { arm: async () => {} },
    submissions: { submit: async () => {} },
  };

  private answer({ nodeId, outcome, token }: NodeAnswer): void {
    const key = `${nodeId} ${token}`;
    this.answers.set(key, (this.answers.get(key) ?? new Set()).add(outcome));
    if (this.answers.size === this.options.graph.nodes.length) {
      this.toJob({ type: 'outcomeAwaited', token: 'outcome' }, 'outcome');
    }
  }

  /** A worker: runs an attempt once, however often it is told to. */
  private execute(work: WorkRef, workerId: string): void {
    const key = `${work.nodeId}/${work.attempt}`;
    const { nodeId, attempt } = work;
    const runs = this.executions.get(key) ?? 0;
    this.executions.set(key, runs + 1);
    if (runs > 0) return;
    this.toJob({ type: 'attemptStarted', nodeId, attempt, workerId }, `start-${key}`);
    const failure = { kind: 'exit' as const, message: 'x' };
    this.toJob(
      this.options.succeeds(work)
        ? { type: 'attemptSucceeded', nodeId, attempt, durationMs: 1, outputs: {} }
        : { type: 'attemptFailed', nodeId, attempt, durationMs: 1, failure },
      `end-${key}`,
    );
  }
}

async function* asyncIterable<T>(items: readonly T[]): AsyncIterable<T> {
  yield* items;
}
