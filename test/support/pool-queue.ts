import { groupOf } from '../../lib/adapters/aws/queues/message-groups';
import { toPages } from '../../lib/adapters/aws/table/event-pages';
import { memoryConditions } from '../../lib/adapters/memory/conditions';
import { createMemoryJournalStore } from '../../lib/adapters/memory/journal-store';
import { createVirtualTime, type VirtualTime } from '../../lib/adapters/memory/virtual-time';
import { createEngine } from '../../lib/core/engine/engine';
import { createKinds } from '../../lib/core/engine/kinds';
import { isRepriseError } from '../../lib/core/errors';
import { type Delivery, poolAt } from '../../lib/core/messages/address';
import type { Effect } from '../../lib/core/messages/effect';
import type { MessageEnvelope, Origin } from '../../lib/core/messages/envelope';
import { laneOf } from '../../lib/core/messages/lane';
import type { PoolMessage } from '../../lib/core/messages/pool';
import type { OutboxJournal } from '../../lib/core/ports/stores';

/** What a consumer of an ordered queue takes, milliseconds: together 200 for one batch of ten. */
export const TAKES = {
  ...{ receive: 60, takeMore: 10, read: 10, append: 10, effects: 60, confirm: 10, remove: 40 },
  /** Until it is tried again, where others were faster too often. */
  again: 200,
} as const;

const POOL = 'p';
const BATCH = 10;
const NO_GRAPHS = {
  get: async () => {
    throw new Error('a pool has no graphs');
  },
};
const random = () => 0.5;
/** As `lambdas/runtime/more.ts` does. */
const ROUNDS = [1, 2, 4];

export interface QueueOptions {
  /** How many lanes it has; 1 is one message group for the whole pool. */
  readonly lanes: number;
  /** Whether a full batch takes along more of what waits. */
  readonly takesMore: boolean;
  /** Invocations at a time. */
  readonly invocations: number;
  /** What an input takes to be decided and written down, milliseconds. */
  readonly decideMs: number;
}

export interface PoolQueue {
  readonly time: VirtualTime;
  readonly tell: (inputs: readonly PoolMessage[], by: string) => void;
  /** What was done so far. */
  readonly counts: {
    invocations: number;
    messages: number;
    appends: number;
    conflicts: number;
    units: number;
  };
  /** Goes on until nothing is left to do. */
  readonly run: () => Promise<void>;
}

interface Queued {
  readonly group: string;
  readonly inputs: readonly MessageEnvelope<PoolMessage>[];
}

/**
 * A pool behind its queue on AWS, in virtual time: message groups of which ten messages are under way at a time, invocations
 * each with an engine of its own over one journal, which take the time that calls take and compete for its end.
 * @param perform hears of what follows, once it is durable.
 */
export function createPoolQueue(
  options: QueueOptions,
  perform: (effects: readonly Effect[]) => void,
): PoolQueue {
  const time = createVirtualTime(0);
  const sleep = (ms: number) => new Promise<void>((resolve) => void time.setTimer(resolve, ms));
  const counts = { invocations: 0, messages: 0, appends: 0, conflicts: 0, units: 0 };
  const store = createMemoryJournalStore();
  const waiting = new Map<string, Queued[]>();
  const underWay = new Set<string>();
  let told = 0;

  /** As many of one group as there are, then of the next: what SQS hands out. */
  function receive(): Queued[] {
    const batch: Queued[] = [];
    const groups: string[] = [];
    for (const [group, messages] of waiting) {
      if (batch.length >= BATCH) break;
      if (underWay.has(group)) continue;
      batch.push(...messages.splice(0, BATCH - batch.length));
      groups.push(group);
      // The one that waits longest is first.
      waiting.delete(group);
      if (messages.length > 0) waiting.set(group, messages);
    }
    for (const group of groups) underWay.add(group);
    return batch;
  }

  async function more(batch: readonly Queued[]): Promise<Queued[]> {
    const all = [...batch];
    for (const calls of options.takesMore && batch.length >= BATCH ? ROUNDS : []) {
      await sleep(TAKES.takeMore);
      const taken = Array.from({ length: calls }, receive);
      all.push(...taken.flat());
      if (taken.some(({ length }) => length < BATCH)) break;
    }
    return all;
  }

  const idle = Array.from({ length: options.invocations }, () => born());

  function born() {
    const now = { inputs: 0, decideMs: options.decideMs };
    const journal = slowed(store, { sleep, counts, now });
    const kinds = createKinds({ journal, random, conditions: memoryConditions, graphs: NO_GRAPHS });
    const engine = createEngine(
      {
        ...{ journal, clock: time.now, random },
        async perform(effects, { stream, from, seq }) {
          await sleep(TAKES.effects);
          perform(effects);
          await journal.confirm(stream, from, seq);
        },
      },
      kinds,
    );
    return async (batch: readonly Queued[]): Promise<void> => {
      counts.invocations += 1;
      await sleep(TAKES.receive);
      const all = await more(batch);
      counts.messages += all.length;
      const inputs = all.flatMap((each) => each.inputs);
      now.inputs = inputs.length;
      while (!(await decided(() => engine.handle(poolAt(POOL), inputs)))) await sleep(TAKES.again);
      await sleep(TAKES.remove);
      for (const { group } of all) underWay.delete(group);
    };
  }

  function start(): void {
    while (idle.length > 0) {
      const batch = receive();
      if (batch.length === 0) return;
      const invoke = idle.shift() as (typeof idle)[number];
      void invoke(batch).then(() => {
        idle.push(invoke);
        start();
      });
    }
  }

  return {
    time,
    counts,
    tell(messages, by) {
      const [first] = messages as [PoolMessage];
      told += 1;
      const id = `${by}/${told}`;
      const origin = (i: number): Origin => ({ id: `${id}/${i}`, actor: { kind: 'engine', id: by } });
      const lane = laneOf({ to: poolAt(POOL), message: first } as Delivery, origin(0));
      const group = groupOf(POOL, lane % options.lanes);
      const inputs = messages.map((message, i) => ({ ...origin(i), message }));
      waiting.set(group, [...(waiting.get(group) ?? []), { group, inputs }]);
      start();
    },
    async run() {
      for (let steps = 1; time.step(); steps++) await settled(steps);
    },
  };
}

/** Whether it was; where others were faster too often, it is tried again later. */
async function decided(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (isRepriseError(error, 'VERSION_CONFLICT')) return false;
    throw error;
  }
}

interface Slow {
  readonly sleep: (ms: number) => Promise<void>;
  readonly counts: PoolQueue['counts'];
  /** Inputs that are being decided, which takes its time anew each time that another writer was faster. */
  readonly now: { readonly inputs: number; readonly decideMs: number };
}

/** A journal that takes its time, and counts what DynamoDB bills. */
function slowed(journal: OutboxJournal, { sleep, counts, now }: Slow): OutboxJournal {
  return {
    ...journal,
    async *read(stream, from) {
      await sleep(TAKES.read);
      yield* journal.read(stream, from);
    },
    async append(stream, expected, events, listing) {
      await sleep(Math.round(now.inputs * now.decideMs) + TAKES.append);
      // A write whose condition fails takes as much as what is there, a unit at least.
      try {
        await journal.append(stream, expected, events, listing);
        counts.appends += 1;
        for (const page of toPages(stream, events)) counts.units += Math.ceil(page.events.length / 1_024);
      } catch (error) {
        counts.conflicts += 1;
        counts.units += 1;
        throw error;
      }
    },
    async confirm(stream, from, to) {
      await sleep(TAKES.confirm);
      counts.units += 1;
      return journal.confirm(stream, from, to);
    },
  };
}

/** What was set in motion comes to where it waits for time. */
const settled = (nth: number) =>
  new Promise<void>((resolve) => (nth % 256 === 0 ? setImmediate(resolve) : process.nextTick(resolve)));
