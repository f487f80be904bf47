import { createHash } from 'node:crypto';
import type { DynamoDBRecord, SQSRecord } from 'aws-lambda';
import { createDispatch } from '../../../lambdas/dispatch/dispatch';
import { passOnUnconfirmed } from '../../../lambdas/outbox-relay/catch';
import { type Grouped, processGroups } from '../../../lambdas/runtime/groups';
import { streamInputs } from '../../../lambdas/runtime/inputs';
import { deliverTimer } from '../../../lambdas/timers/deliver';
import { createSqsDispatcher } from '../../../lib/adapters/aws/queues/dispatcher';
import { createInputQueues } from '../../../lib/adapters/aws/queues/input-queues';
import { dispatchBody, effectsBody, timerBody } from '../../../lib/adapters/aws/queues/queue-messages';
import type { QueueMessage, SendMessage } from '../../../lib/adapters/aws/queues/sender';
import { createTimerSender, createTimers, type TimerDeps } from '../../../lib/adapters/aws/queues/timers';
import { eventsKey } from '../../../lib/adapters/aws/table/keys';
import { memoryConditions } from '../../../lib/adapters/memory/conditions';
import { createMemoryJournalStore } from '../../../lib/adapters/memory/journal-store';
import { createMemoryWorkflow } from '../../../lib/adapters/memory/workflow';
import type { Graph } from '../../../lib/core/dag/graph';
import { graphHash } from '../../../lib/core/dag/hash';
import { createEngine, type Engine } from '../../../lib/core/engine/engine';
import { createFastPath, noFastPath } from '../../../lib/core/engine/fast-path';
import { createKinds, type Kinds } from '../../../lib/core/engine/kinds';
import { performUnconfirmed } from '../../../lib/core/engine/outbox-relay';
import type { EngineDeps } from '../../../lib/core/engine/stream-engine';
import { RepriseError } from '../../../lib/core/errors';
import { jobAt, poolAt } from '../../../lib/core/messages/address';
import type { NodeAnswer } from '../../../lib/core/messages/effect';
import { type AttemptReport, reportMessage } from '../../../lib/core/messages/report';
import { attemptKey } from '../../../lib/core/model/attempt';
import { type EffectPorts, NO_NOTIFIER } from '../../../lib/core/ports/effects';
import type { AttemptRequest } from '../../../lib/core/ports/execution';
import { expectDescribed } from '../../support/described';
import { patience } from './received';

const ORDERED = ['jobs', 'pools', 'dependencies', 'letters', 'targets'] as const;
type OrderedName = (typeof ORDERED)[number];
export const QUEUES = [...ORDERED, 'dispatch', 'timers', 'effects'] as const;
type QueueName = (typeof QUEUES)[number];

export interface MemoryCloudOptions {
  readonly graph: Graph;
  readonly fastPath: boolean;
  /** Asked before each effect; true makes it fail. */
  readonly effectFails?: () => boolean;
  /** Whether an attempt succeeds; default: it does. */
  readonly succeeds?: (request: AttemptRequest) => boolean;
  readonly onMeasured?: EngineDeps['onMeasured'];
}

/** The functions and adapters of AWS over queues, a stream and a journal in memory. Counts what is sent. */
export class MemoryCloud {
  readonly sent: Record<QueueName, number> = {
    jobs: 0,
    pools: 0,
    dependencies: 0,
    letters: 0,
    targets: 0,
    dispatch: 0,
    timers: 0,
    effects: 0,
  };
  /** Appends come out of the table's stream, as DynamoDB's do. */
  readonly journal = createMemoryJournalStore((stream) => {
    const { seq = 0 } = this.journal.streams.get(stream)?.at(-1) ?? {};
    // As if each page held one event.
    const Keys = { pk: { S: stream }, sk: { S: eventsKey(seq) } };
    this.#records.push({ eventName: 'INSERT', dynamodb: { Keys } });
  });
  #records: DynamoDBRecord[] = [];
  readonly answers: NodeAnswer[] = [];
  readonly published: string[] = [];
  readonly submissions: AttemptRequest[] = [];
  now = 1_700_000_000_000;
  readonly #waiting: Record<QueueName, QueueMessage[]> = {
    jobs: [],
    pools: [],
    dependencies: [],
    letters: [],
    targets: [],
    dispatch: [],
    timers: [],
    effects: [],
  };
  readonly #swallowed = new Set<string>();
  readonly #begun = new Set<string>();
  readonly #hash: string;
  readonly #ports: EffectPorts;
  readonly streams = createInputQueues({
    job: this.#sender('jobs'),
    pool: this.#sender('pools'),
    trigger: async () => {},
    dependency: this.#sender('dependencies'),
    letter: this.#sender('letters'),
    target: this.#sender('targets'),
  });
  readonly workflow = createMemoryWorkflow({
    nodesOf: () => this.options.graph.nodes.map(({ id }) => id),
    tell: (jobId, message) => void this.#sender('jobs')({ body: { jobId, message }, groupId: jobId }),
  });
  readonly engine: Engine<Kinds>;
  #messageIds = 0;

  constructor(readonly options: MemoryCloudOptions) {
    this.#hash = graphHash(options.graph);
    this.#ports = this.#flaky({
      streams: this.streams,
      timers: createTimers(this.#timerDeps()),
      workflow: {
        ...this.workflow,
        answerNode: (jobId, answer) => {
          this.answers.push(answer);
          return this.workflow.answerNode(jobId, answer);
        },
      },
      dispatcher: createSqsDispatcher(this.#sender('dispatch')),
      publisher: {
        publish: async (event) => {
          expectDescribed(event);
          this.published.push(event.type);
        },
      },
      sources: { arm: async () => {} },
      submissions: { submit: async () => {} },
      letterBox: { post: async () => {}, release: async () => {} },
      notifier: NO_NOTIFIER,
      history: { correct: async () => {} },
    });
    const { journal, clock } = this;
    const random = () => 0.5;
    const perform = options.fastPath
      ? createFastPath({ ports: this.#ports, journal, log: silent })
      : noFastPath;
    const kinds = createKinds({
      conditions: memoryConditions,
      journal,
      random,
      graphs: { get: async () => options.graph },
    });
    const { onMeasured } = options;
    this.engine = createEngine({ journal, clock, random, perform, onMeasured }, kinds);
  }

  readonly clock = (): number => this.now;

  /** Registers a worker with that many slots and submits the graph as job `j`. */
  async submit(slots: number): Promise<void> {
    const actor = { kind: 'engine', id: 'test' } as const;
    const worker = { workerId: 'w1', labels: [], slots, endpoint: 'http://w1' };
    const registered = { type: 'workerRegistered', worker } as const;
    await this.engine.handle(poolAt('default'), [{ id: 'r', actor, message: registered }]);
    const submission = { graphHash: this.#hash, owner: 'ana', priority: 'normal', pool: 'default' } as const;
    await this.engine.handle(jobAt('j'), [
      { id: 's', actor, message: { type: 'submit', ...submission }, traceId: 't' },
    ]);
  }

  /** Runs the functions until every queue and the stream are empty. */
  async run(): Promise<void> {
    for (let rounds = 0; rounds < 10_000; rounds++) {
      const before = this.#messageIds;
      await this.#ordered('jobs', streamInputs(this.engine, 'job'));
      await this.#ordered('pools', streamInputs(this.engine, 'pool'));
      await this.#ordered('dependencies', streamInputs(this.engine, 'dependency'));
      await this.#ordered('letters', streamInputs(this.engine, 'letter'));
      await this.#ordered('targets', streamInputs(this.engine, 'target'));
      await this.#dispatch();
      await this.#timers();
      await this.#relay();
      const idle = QUEUES.every((name) => this.#waiting[name].length === 0) && this.#records.length === 0;
      if (idle && before === this.#messageIds) return;
    }
    throw new Error('the cloud does not come to rest');
  }

  async status(): Promise<string> {
    return (await this.engine.view(jobAt('j'))).state.status;
  }

  async #ordered<Item>(name: OrderedName, grouped: Grouped<Item>): Promise<void> {
    let rounds = 0;
    for (let batch = this.#take(name); batch.length > 0; batch = this.#take(name)) {
      if (++rounds > 10_000) throw new Error(`a message of ${name} is never handled`);
      const records = batch.map((message) => this.#record(message));
      const failed = await processGroups(records, grouped, patience().how);
      this.#waiting[name].unshift(...batch.filter((_, i) => failed.includes(records[i]?.messageId ?? '')));
    }
  }

  async #dispatch(): Promise<void> {
    const dispatch = createDispatch({
      graphs: { get: async () => this.options.graph },
      streams: this.streams,
      secret: async () => 'secret',
      connect: () => ({ take: (request) => this.#execute(request), cancel: async () => {} }),
      timing: { clock: this.clock, random: () => 0.5, sleep: async () => {} },
      log: silent,
      onDispatch: () => {},
    });
    for (const { body } of this.#take('dispatch', Number.POSITIVE_INFINITY))
      await dispatch(dispatchBody.parse(body));
  }

  /** A worker that is done at once, and runs an attempt once however often it is asked. */
  async #execute(request: AttemptRequest): Promise<'started'> {
    const key = attemptKey(request);
    if (this.#begun.has(key)) return 'started';
    this.#begun.add(key);
    this.submissions.push(request);
    const actor = { kind: 'worker', id: 'w1' } as const;
    const report = (said: AttemptReport) =>
      this.streams.send(
        { to: jobAt(request.jobId), message: reportMessage(request, said, 'w1') },
        { id: `${key}/${said.type}`, actor },
      );
    const failure = { kind: 'exit', message: 'exit 1' } as const;
    if (this.options.succeeds?.(request) ?? true) {
      await report({ type: 'succeeded', durationMs: 5, outputs: {} });
    } else await report({ type: 'failed', durationMs: 5, failure });
    return 'started';
  }

  async #timers(): Promise<void> {
    const deliver = deliverTimer({
      streams: this.streams,
      putOff: createTimerSender(this.#timerDeps()),
      clock: this.clock,
    });
    for (const { body, delaySeconds = 0 } of this.#take('timers', Number.POSITIVE_INFINITY)) {
      this.now += delaySeconds * 1_000;
      await deliver(timerBody.parse(body));
    }
  }

  #timerDeps(): TimerDeps {
    const send = this.#sender('timers');
    const sendAt = (body: object, at: number) => send({ body, delaySeconds: (at - this.now) / 1_000 });
    return { send, sendAt, clock: this.clock };
  }

  async #relay(): Promise<void> {
    const send = this.#sender('effects');
    const { journal } = this;
    const marksOf = async (pages: ReadonlyMap<string, number>) => {
      const marks = [...pages].map(async ([stream, to]) => {
        return [stream, { to, confirmed: await journal.confirmed(stream) }] as const;
      });
      return new Map(await Promise.all(marks));
    };
    await passOnUnconfirmed({ marksOf, send, delaySeconds: 5 }, this.#records.splice(0));
    const deps = { ports: this.#ports, journal, effectsOf: this.engine.effectsOf, log: silent };
    for (const message of this.#take('effects', Number.POSITIVE_INFINITY)) {
      const { stream, to } = effectsBody.parse(message.body);
      await performUnconfirmed(deps, stream, to).catch(() => this.#waiting.effects.push(message));
    }
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
      if (ORDERED.some((ordered) => ordered === name)) {
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
      attributes: { MessageGroupId: groupId, ApproximateReceiveCount: '1' },
    } as unknown as SQSRecord;
  }
}

const silent = { info: () => {}, warn: () => {}, error: () => {} };
