import type { SQSRecord } from 'aws-lambda';
import { type KeepDeps, type Kept, keepQueue } from '../../../lambdas/letter-keeper/keep';
import { type Answer, consumeRedrive } from '../../../lambdas/redrive/consume';
import { createSqsLetterBox } from '../../../lib/adapters/aws/queues/letter-box';
import { writeMessage } from '../../../lib/adapters/aws/queues/read-message';
import { memoryConditions } from '../../../lib/adapters/memory/conditions';
import { createMemoryJournalStore } from '../../../lib/adapters/memory/journal-store';
import { askerOf } from '../../../lib/core/engine/asker';
import { createEngine } from '../../../lib/core/engine/engine';
import { createFastPath } from '../../../lib/core/engine/fast-path';
import { createKinds } from '../../../lib/core/engine/kinds';
import { RepriseError } from '../../../lib/core/errors';
import { type Delivery, letterAt } from '../../../lib/core/messages/address';
import { type Letter, type LetterMessage, letterGroup } from '../../../lib/core/messages/letter';
import type {
  ArchivedMessage,
  DeadLetterQueue,
  DeadMessage,
  MessageArchive,
} from '../../../lib/core/ports/dead-letters';
import type { EffectPorts } from '../../../lib/core/ports/effects';

/** A message as SQS holds it. */
export interface Held {
  messageId: string;
  body: string;
  sentAt: number;
  attributes: DeadMessage['attributes'];
  hidden?: boolean;
}

const silent = { info: () => {}, warn: () => {}, error: () => {} };
const ANA = letterGroup('ana', 'signature');
const ACTOR = { kind: 'engine', id: 'test' } as const;

/** A letter of node `e2e`. */
export const LETTER: Letter = {
  ...{ letterId: 'l1', kind: 'node', owner: 'ana', signature: 'signature' },
  ...{ said: 'exit 1', why: 'its attempts are used up', jobId: 'j1', nodeId: 'e2e' },
};

/** The queue `redrive` and DLQs as SQS has them, their consumer and keeper over an engine in memory. */
export class LetterQueues {
  now = 1_800_000_000_000;
  readonly queue: Held[] = [];
  readonly dlq: Held[] = [];
  /** Of another queue. */
  readonly poisoned: Held[] = [];
  readonly archived = new Map<string, ArchivedMessage>();
  /** What jobs were told. */
  readonly told: Delivery[] = [];
  /** What went back to a queue. */
  readonly resent: { queue: string; body: string; id: string; attributes: string[] }[] = [];
  /** Whether the table is away. */
  away = false;
  #ids = 0;
  readonly #journal = createMemoryJournalStore();
  readonly #engine = createEngine(
    {
      journal: this.#journal,
      clock: () => this.now,
      random: () => 0.5,
      perform: createFastPath({ ports: this.#ports(), journal: this.#journal, log: silent }),
    },
    createKinds({
      ...{ conditions: memoryConditions, journal: this.#journal, random: () => 0.5 },
      graphs: { get: async () => ({ name: 'g', nodes: [] }) as never },
    }),
  );
  readonly streams = askerOf(this.#engine);

  #ports(): EffectPorts {
    const nothing = async () => undefined;
    const send = async ({ body }: { readonly body: object }) =>
      void this.queue.push(this.message(writeMessage(body)));
    return {
      streams: {
        send: (delivery: Delivery, origin: { readonly id: string }) => this.#tell(delivery, origin),
      },
      letterBox: createSqsLetterBox(send, { clock: () => this.now, newId: () => `posting ${++this.#ids}` }),
      ...{ timers: { schedule: nothing }, publisher: { publish: nothing }, sources: { arm: nothing } },
      ...{ submissions: { submit: nothing }, history: { correct: nothing } },
    } as unknown as EffectPorts;
  }

  async #tell(delivery: Delivery, origin: { readonly id: string }): Promise<void> {
    if (delivery.to.kind !== 'letter') return void this.told.push(delivery);
    await this.streams.ask(delivery as never, { ...origin, actor: ACTOR });
  }

  message(body: string, attributes: Record<string, string> = {}): Held {
    const typed = Object.entries(attributes).map(
      ([name, value]) => [name, { type: 'String', value }] as const,
    );
    const messageId = `message ${++this.#ids}`;
    return { messageId, body, sentAt: this.now, attributes: Object.fromEntries(typed) };
  }

  async say(message: LetterMessage, group = ANA): Promise<void> {
    await this.streams.ask({ to: letterAt(group), message }, { id: `say/${++this.#ids}`, actor: ACTOR });
  }

  async letter(letterId = LETTER.letterId, group = ANA) {
    return (await this.streams.view(letterAt(group))).state.letters.get(letterId);
  }

  /** Events of the group, by type. */
  events(group = ANA): string[] {
    return (this.#journal.streams.get(`letter/${group}`) ?? []).map(({ type }) => type);
  }

  /** The consumer gets all that is in the queue; what it refuses SQS takes to the DLQ. */
  async deliver(): Promise<Answer[]> {
    const consume = consumeRedrive({
      streams: {
        ask: (delivery, origin) => this.#unlessAway(() => this.streams.ask(delivery, origin)),
        view: (at) => this.#unlessAway(() => this.streams.view(at)),
      },
      archive: { get: async (place) => this.archived.get(place) },
      resend: async (queue, { body, attributes }, id) =>
        void this.resent.push({ queue, body, id, attributes: Object.keys(attributes) }),
      ...{ log: silent, onLaid: () => undefined, onReturned: () => undefined },
    });
    const time = { clock: () => this.now, random: () => 0, sleep: async () => undefined };
    const patience = {
      ...time,
      attempts: 2,
      backoff: { strategy: 'fixed', initialDelayMs: 1, maxDelayMs: 1, jitter: 'none' },
    } as const;
    const answers: Answer[] = [];
    for (const held of this.queue.splice(0)) {
      const record = { ...held, attributes: { SentTimestamp: String(held.sentAt) }, messageAttributes: {} };
      const answer = await consume(record as unknown as SQSRecord, patience as never);
      answers.push(answer);
      const lies = this.dlq.findIndex(({ messageId }) => messageId === held.messageId);
      if (answer === 'refuse' && lies < 0) this.dlq.push(held);
      // Of one that is brought twice, either deletes it.
      if (answer === 'take' && lies >= 0) this.dlq.splice(lies, 1);
    }
    return answers;
  }

  async #unlessAway<T>(call: () => Promise<T>): Promise<T> {
    if (this.away) throw new RepriseError('UPSTREAM_UNAVAILABLE', 'the table is away');
    return call();
  }

  /** SQS takes what is in the queue to the DLQ, and nobody received it: the function was throttled. What it brought twice is one message. */
  throttle(): void {
    for (const held of this.queue.splice(0)) {
      if (!this.dlq.some(({ messageId }) => messageId === held.messageId)) this.dlq.push(held);
    }
  }

  /** What "Start DLQ redrive" of the console does. */
  redriveAll(afterMs = 5_000): void {
    this.now += afterMs;
    for (const { body } of this.dlq.splice(0)) this.queue.push(this.message(body));
  }

  /** One look of the keeper at the DLQ of `redrive`, or at that of another queue. */
  keep(name: 'redrive' | 'jobs' = 'redrive', more: Partial<KeepDeps> = {}): Promise<Kept> {
    const isOfLetters = name === 'redrive';
    const dlq = deadLetters(isOfLetters ? this.dlq : this.poisoned);
    return keepQueue({ ...this.keeper(), ...more }, { name, dlq, isOfLetters });
  }

  keeper(): KeepDeps {
    const archive: MessageArchive = {
      put: async (message) => {
        const place = `letters/${message.queue}/${message.messageId}`;
        if (!this.archived.has(place)) this.archived.set(place, message);
        return place;
      },
      get: async (place) => this.archived.get(place),
    };
    return {
      ...{ letters: this.streams, archive, log: silent, clock: () => this.now, hasTime: () => true },
      streams: { send: (delivery, origin) => this.#tell(delivery, origin) },
      archiveAfterMs: 12 * 86_400_000,
    };
  }
}

/** A DLQ whose messages are hidden while somebody holds them. */
export function deadLetters(messages: Held[]): DeadLetterQueue {
  const found = (some: readonly DeadMessage[]) =>
    messages.filter(({ messageId }) => some.some((each) => each.messageId === messageId));
  return {
    count: async () => ({
      visible: messages.filter(({ hidden }) => !hidden).length,
      hidden: messages.filter(({ hidden }) => hidden).length,
    }),
    receive: async () => {
      const batch = messages.filter(({ hidden }) => !hidden).slice(0, 10);
      for (const each of batch) each.hidden = true;
      return batch.map((each) => ({ ...each, receiptHandle: each.messageId }));
    },
    giveBack: async (some) => {
      for (const each of found(some)) each.hidden = false;
    },
    remove: async (some) => {
      for (const each of found(some)) messages.splice(messages.indexOf(each), 1);
    },
  };
}
