import { createHash } from 'node:crypto';
import type { DynamoDBRecord, SQSRecord } from 'aws-lambda';
import { callbackMessage } from '../../../lambdas/attempt-callback/message';
import { createDispatch } from '../../../lambdas/dispatch/dispatch';
import { jobInputs } from '../../../lambdas/job-inputs/consumer';
import { passOnUnconfirmed } from '../../../lambdas/outbox-relay/catch';
import { poolInputs } from '../../../lambdas/pool-inputs/consumer';
import { effectsOf } from '../../../lambdas/shared/effects-of';
import { type Grouped, processGroups } from '../../../lambdas/runtime/groups';
import { deliverTimer } from '../../../lambdas/timers/deliver';
import type { ConfirmingJournal } from '../../../lib/adapters/aws/table/journal-store';
import { createFastPath, noFastPath } from '../../../lib/adapters/aws/outbox/perform';
import { dispatchBody, effectsBody, timerBody } from '../../../lib/adapters/aws/queues/queue-messages';
import { performUnconfirmed } from '../../../lib/adapters/aws/outbox/relay';
import { createSqsDispatcher } from '../../../lib/adapters/aws/queues/dispatcher';
import { createSqsInputQueues } from '../../../lib/adapters/aws/queues/input-queues';
import type { QueueMessage, SendMessage } from '../../../lib/adapters/aws/queues/sender';
import { createSqsTimers, createTimerSender } from '../../../lib/adapters/aws/queues/timers';
import { eventsKey } from '../../../lib/adapters/aws/table/keys';
import type { Graph } from '../../../lib/core/dag/graph';
import { graphHash } from '../../../lib/core/dag/hash';
import type { EffectPorts } from '../../../lib/core/ports/effects';
import { createJobEngine } from '../../../lib/core/engine/jobs';
import { createPoolEngine } from '../../../lib/core/engine/pools';
import { RepriseError } from '../../../lib/core/errors';
import { EMPTY_HEAD, type Recorded } from '../../../lib/core/journal/envelope';
import type { ExecutionRequest, NodeAnswer } from '../../../lib/core/ports/stores';

export const QUEUES = ['jobs', 'pools', 'dispatch', 'timers', 'effects'] as const;
type QueueName = (typeof QUEUES)[number];

export interface MemoryCloudOptions {
  readonly graph: Graph;
  readonly fastPath: boolean;
  /** Asked before each effect; true makes it fail. */
  readonly effectFails?: () => boolean;
  /** Whether an attempt succeeds; default: it does. */
  readonly succeeds?: (request: ExecutionRequest) => boolean;
}

/** The functions and adapters of AWS over queues, a stream and a journal in memory. Counts what is sent. */
export class MemoryCloud {
  readonly sent: Record<QueueName, number> = { jobs: 0, pools: 0, dispatch: 0, timers: 0, effects: 0 };
  readonly journal = new MemoryJournal();
  readonly answers: NodeAnswer[] = [];
  readonly published: string[] = [];
  readonly submissions: ExecutionRequest[] = [];
  now = 1_700_000_000_000;
  readonly #waiting: Record<QueueName, QueueMessage[]> = {
    jobs: [],
    pools: [],
    dispatch: [],
    timers: [],
    effects: [],
  };
  readonly #swallowed = new Set<string>();
  readonly #entered = new Set<string>();
  readonly #hash: string;
  readonly #ports: EffectPorts;
  readonly queues = createSqsInputQueues({
    jobs: this.#sender('jobs'),
    pools: this.#sender('pools'),
    triggers: async () => {},
  });
  readonly jobs;
  readonly pools;
  #messageIds = 0;

  constructor(readonly options: MemoryCloudOptions) {
    this.#hash = graphHash(options.graph);
    this.#ports = this.#flaky({
      queues: this.queues,
      timers: createSqsTimers(this.#sender('timers'), this.clock),
      workflow: this.#workflow(),
      dispatcher: createSqsDispatcher(this.#sender('dispatch')),
      publisher: { publish: async ({ type }) => void this.published.push(type) },
      sources: { arm: async () => {} },
      submissions: { submit: async () => {} },
    });
    const deps = {
      journal: this.journal,
      clock: this.clock,
      perform: options.fastPath
        ? createFastPath({ ports: this.#ports, journal: this.journal, log: silent })
        : noFastPath,
    };
    const graphs = { get: async () => options.graph, put: async () => {} };
    this.jobs = createJobEngine({ ...deps, graphs, random: () => 0.5 });
    this.pools = createPoolEngine(deps);
  }

  readonly clock = (): number => this.now;

  /** Registers a worker with that many slots and submits the graph as job `j`. */
  async submit(slots: number): Promise<void> {
    const actor = { kind: 'engine', id: 'test' } as const;
    const worker = { workerId: 'w1', labels: [], slots, endpoint: 'http://w1' };
    await this.pools.handle('default', [{ id: 'r', actor, message: { type: 'workerRegistered', worker } }]);
    const submission = { graphHash: this.#hash, owner: 'ana', priority: 'normal', pool: 'default' } as const;
    await this.jobs.handle('j', [
      { id: 's', actor, message: { type: 'submit', ...submission }, traceId: 't' },
    ]);
  }

  /** Runs the functions until every queue and the stream are empty. */
  async run(): Promise<void> {
    for (let rounds = 0; rounds < 10_000; rounds++) {
      const before = this.#messageIds;
      await this.#ordered('jobs', jobInputs(this.jobs));
      await this.#ordered('pools', poolInputs(this.pools));
      await this.#dispatch();
      await this.#timers();
      await this.#relay();
      const idle = QUEUES.every((name) => this.#waiting[name].length === 0) && !this.journal.hasRecords();
      if (idle && before === this.#messageIds) return;
    }
    throw new Error('the cloud does not come to rest');
  }

  async status(): Promise<string> {
    return (await this.jobs.view('j')).state.status;
  }

  async #ordered<Item>(name: 'jobs' | 'pools', grouped: Grouped<Item>): Promise<void> {
    let rounds = 0;
    for (let batch = this.#take(name); batch.length > 0; batch = this.#take(name)) {
      if (++rounds > 10_000) throw new Error(`a message of ${name} is never handled`);
      const records = batch.map((message) => this.#record(message));
      const failed = await processGroups(records, grouped);
      this.#waiting[name].unshift(...batch.filter((_, i) => failed.includes(records[i]?.messageId ?? '')));
    }
  }

  async #dispatch(): Promise<void> {
    const dispatch = createDispatch({
      graphs: { get: async () => this.options.graph },
      queues: this.queues,
      secret: async () => 'secret',
      connect: () => ({ submit: (request) => this.#execute(request), cancel: async () => {} }),
      sleep: async () => {},
      onDispatch: () => {},
    });
    for (const { body } of this.#take('dispatch', Number.POSITIVE_INFINITY))
      await dispatch(dispatchBody.parse(body));
  }

  /** A worker that is done at once, and runs an attempt once however often it is asked. */
  async #execute(request: ExecutionRequest): Promise<void> {
    const { jobId, nodeId, attempt } = request;
    const key = `${jobId}/${nodeId}/${attempt}`;
    if (this.#entered.has(key)) return;
    this.#entered.add(key);
    this.submissions.push(request);
    const actor = { kind: 'worker', id: 'w1' } as const;
    const report = (body: Parameters<typeof callbackMessage>[1]) =>
      this.queues.sendToJob(jobId, {
        id: `${key}/${body.report}`,
        actor,
        message: callbackMessage(request, body),
      });
    await report({ report: 'started', worker_id: 'w1' });
    const failure = { kind: 'exit', message: 'exit 1' } as const;
    if (this.options.succeeds?.(request) ?? true) {
      await report({ report: 'completed', worker_id: 'w1', duration_ms: 5, outputs: {} });
    } else await report({ report: 'failed', worker_id: 'w1', duration_ms: 5, failure });
  }

  async #timers(): Promise<void> {
    const send = this.#sender('timers');
    const deliver = deliverTimer({
      queues: this.queues,
      hop: createTimerSender(send, this.clock),
      clock: this.clock,
    });
    for (const { body, delaySeconds = 0 } of this.#take('timers', Number.POSITIVE_INFINITY)) {
      this.now += delaySeconds * 1_000;
      await deliver(timerBody.parse(body));
    }
  }

  async #relay(): Promise<void> {
    const send = this.#sender('effects');
    await passOnUnconfirmed({ journal: this.journal, send, delaySeconds: 5 }, this.journal.takeRecords());
    const deps = {
      ports: this.#ports,
      journal: this.journal,
      effectsOf: effectsOf({ jobs: this.jobs, pools: this.pools, triggers: { effectsOf: async () => [] } }),
      log: silent,
    };
    for (const message of this.#take('effects', Number.POSITIVE_INFINITY)) {
      const { stream, to } = effectsBody.parse(message.body);
      await performUnconfirmed(deps, stream, to).catch(() => this.#waiting.effects.push(message));
    }
  }

  #workflow(): EffectPorts['workflow'] {
    const started = new Set<string>();
    return {
      start: async (jobId) => {
        if (started.has(jobId)) return;
        started.add(jobId);
        for (const { id } of this.options.graph.nodes) {
          const message = { type: 'nodeEntered', nodeId: id, token: `token-${id}` };
          await this.#sender('jobs')({ body: { jobId, message }, groupId: jobId });
        }
      },
      answerNode: async (_jobId, answer) => void this.answers.push(answer),
      answerOutcome: async () => {},
      stop: async () => {},
    };
  }

  #flaky(ports: EffectPorts): EffectPorts {
    const fails = this.options.effectFails;
    if (!fails) return ports;
    const wrap = <T extends object>(port: T): T =>
      new Proxy(port, {
        get: (target, key) => {
          const call = Reflect.get(target, key) as (...args: unknown[]) => Promise<unknown>;
          return async (...args: unknown[]) => {
            if (fails()) throw new RepriseError('UPSTREAM_UNAVAILABLE', 'not now');
            return call(...args);
          };
        },
      });
    const wrapped = Object.entries(ports).map(([name, port]) => [name, wrap(port as object)]);
    return Object.fromEntries(wrapped) as EffectPorts;
  }

  #sender(name: QueueName): SendMessage {
    return async (message) => {
      const { deduplicationId, body } = message;
      const once = deduplicationId ?? createHash('sha256').update(JSON.stringify(body)).digest('hex');
      if (name === 'jobs' || name === 'pools') {
        if (this.#swallowed.has(`${name}/${once}`)) return;
        this.#swallowed.add(`${name}/${once}`);
      }
      this.sent[name] += 1;
      this.#messageIds += 1;
      this.#waiting[name].push(message);
    };
  }

  #take(name: QueueName, limit = 10): QueueMessage[] {
    return this.#waiting[name].splice(0, limit);
  }

  #record({ body, groupId }: QueueMessage): SQSRecord {
    const messageId = `m${this.#messageIds++}`;
    return {
      messageId,
      body: JSON.stringify(body),
      attributes: { MessageGroupId: groupId },
    } as unknown as SQSRecord;
  }
}

const silent = { info: () => {}, warn: () => {}, error: () => {} };

/** A journal in memory whose appends come out of a stream as DynamoDB's do. */
export class MemoryJournal implements ConfirmingJournal {
  readonly streams = new Map<string, Recorded[]>();
  readonly #marks = new Map<string, number>();
  #records: DynamoDBRecord[] = [];

  readonly head: ConfirmingJournal['head'] = async (stream) => {
    const last = this.streams.get(stream)?.at(-1);
    return last ? { seq: last.seq, hash: last.hash } : EMPTY_HEAD;
  };

  readonly read: ConfirmingJournal['read'] = (stream, fromSeq = 1) => {
    const events = (this.streams.get(stream) ?? []).slice(fromSeq - 1);
    return (async function* () {
      yield* events;
    })();
  };

  readonly append: ConfirmingJournal['append'] = async (stream, expected, events) => {
    const head = await this.head(stream);
    if (head.hash !== expected.hash) throw new RepriseError('VERSION_CONFLICT', stream);
    this.streams.set(stream, [...(this.streams.get(stream) ?? []), ...events]);
    const sk = eventsKey(events.at(-1)?.seq ?? 0);
    this.#records.push({ eventName: 'INSERT', dynamodb: { Keys: { pk: { S: stream }, sk: { S: sk } } } });
  };

  readonly confirmed: ConfirmingJournal['confirmed'] = async (stream) => this.#marks.get(stream) ?? 0;

  readonly confirm: ConfirmingJournal['confirm'] = async (stream, from, to) => {
    const mark = this.#marks.get(stream) ?? 0;
    if (mark >= from - 1 && mark < to) this.#marks.set(stream, to);
    return (this.#marks.get(stream) ?? 0) >= to;
  };

  hasRecords(): boolean {
    return this.#records.length > 0;
  }

  takeRecords(): DynamoDBRecord[] {
    const records = this.#records;
    this.#records = [];
    return records;
  }
}
