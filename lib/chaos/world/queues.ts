import { isRepriseError, isRetryable } from '../../core/errors';
import { type Delivery, streamOf } from '../../core/messages/address';
import type { Origin } from '../../core/messages/envelope';
import { between } from '../draw';
import type { Ground } from './ground';
import { isLossy } from './losses';
import type { Answer } from './process';

export interface Message {
  readonly delivery: Delivery;
  readonly origin: Origin;
  /** A fault put it there. */
  readonly isPoison?: true;
}

interface Waiting extends Message {
  visibleAt: number;
}

interface Group {
  readonly waiting: Waiting[];
  isBusy: boolean;
  /** So many messages go one by one: one of them cannot be decided. */
  single: number;
}

export interface Queues {
  readonly send: (message: Message) => void;
  /** Messages that have not been handled. */
  readonly size: () => number;
}

const BATCH = 10;
/** A batch is kept from others for so long; whoever has it may be dead. Milliseconds. */
const VISIBILITY_MS = 30_000;

/**
 * Queues as SQS has them: in order within a stream, at least once, one batch of a stream at a time as long as whoever has
 * it is done in time; between streams in any order.
 * @param handle decides a batch of one stream in some process.
 * @param onPoisoned hears of what was given up.
 */
export function createQueues(
  ground: Ground,
  handle: (batch: readonly Message[]) => Promise<Answer<unknown>>,
  onPoisoned: (message: Message, error: unknown) => void,
): Queues {
  const { time, faults, watch } = ground;
  const groups = new Map<string, Group>();
  let size = 0;

  function groupOf(stream: string): Group {
    const known = groups.get(stream) ?? { waiting: [], isBusy: false, single: 0 };
    groups.set(stream, known);
    return known;
  }

  function pump(stream: string): void {
    const group = groupOf(stream);
    const [first] = group.waiting;
    if (group.isBusy || !first) return;
    const now = time.now();
    if (first.visibleAt > now) return void time.setTimer(() => pump(stream), first.visibleAt - now);
    group.isBusy = true;
    const most = group.single > 0 ? 1 : between(1, BATCH, faults.lot(`batch ${first.origin.id}`));
    const upTo = group.waiting.findIndex(({ visibleAt }) => visibleAt > now);
    const batch = group.waiting.slice(0, Math.min(most, upTo < 0 ? most : upTo));
    void take(stream, group, batch);
  }

  async function take(stream: string, group: Group, batch: readonly Waiting[]): Promise<void> {
    const answer = await inTime(time, handle(batch));
    const before = group.waiting.length;
    settle({ ...ground, onPoisoned }, group, batch, answer);
    size -= before - group.waiting.length;
    group.isBusy = false;
    time.setTimer(() => pump(stream), 0);
  }

  return {
    send(message) {
      const stream = streamOf(message.delivery.to);
      const { id } = message.origin;
      watch.sent(message.delivery, message.origin);
      if (!message.isPoison && isLossy(message.delivery) && faults.strikes('lostMessage', id)) return;
      const late = faults.strikes('delay', id) ? 60_000 * faults.lot(`delay of ${id}`) : 0;
      const visibleAt = time.now() + 1 + 15 * faults.lot(`way of ${id}`) + late;
      groupOf(stream).waiting.push({ ...message, visibleAt: Math.ceil(visibleAt) });
      size += 1;
      time.setTimer(() => pump(stream), Math.ceil(visibleAt) - time.now());
    },
    size: () => size,
  };
}

/** A late answer is as good as none: somebody else has the batch by then. */
function inTime<T>(time: Ground['time'], work: Promise<Answer<T>>): Promise<Answer<T>> {
  return new Promise((resolve) => {
    const stop = time.setTimer(() => resolve({ kind: 'gone' }), VISIBILITY_MS);
    void work.then((answer) => {
      // Nobody tells the queue that whoever had it is dead.
      if (answer.kind === 'gone') return;
      stop();
      resolve(answer);
    });
  });
}

interface OnPoisoned {
  readonly onPoisoned: (message: Message, error: unknown) => void;
}

/** What becomes of a batch: its messages are gone, or come again. */
function settle(
  { time, faults, watch, onPoisoned }: Ground & OnPoisoned,
  group: Group,
  batch: readonly Waiting[],
  answer: Answer<unknown>,
): void {
  const [first] = batch as readonly [Waiting];
  const { id } = first.origin;
  const later = (ms: number) => {
    for (const each of batch) each.visibleAt = time.now() + Math.ceil(ms);
  };
  if (answer.kind === 'gone') later(0);
  else if (answer.kind === 'done') {
    watch.handled(batch.map(({ delivery }) => delivery));
    if (faults.strikes('duplicate', `batch of ${id}`)) later(10_000 * faults.lot(id));
    else remove(group, batch.length);
  } else if (isRetryable(answer.error)) later(1_000 + 4_000 * faults.lot(id));
  else refuse({ watch, onPoisoned }, group, batch, answer.error);
}

/** One message of a batch cannot be decided, and it must not take the others with it: they go one by one. */
function refuse(
  { watch, onPoisoned }: Pick<Ground, 'watch'> & OnPoisoned,
  group: Group,
  batch: readonly Waiting[],
  error: unknown,
): void {
  const [first] = batch as readonly [Waiting];
  if (!isRepriseError(error)) watch.broke(error, `deciding ${first.delivery.message.type}`);
  if (batch.length > 1) {
    group.single = batch.length;
    return;
  }
  watch.poisoned(first.delivery, error, first.isPoison === true);
  onPoisoned(first, error);
  remove(group, 1);
}

function remove(group: Group, count: number): void {
  group.waiting.splice(0, count);
  group.single = Math.max(0, group.single - count);
}
