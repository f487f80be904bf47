import { isRepriseError, isRetryable } from '../../core/errors';
import { type Delivery, streamOf } from '../../core/messages/address';
import type { Origin } from '../../core/messages/envelope';
import { laneOf } from '../../core/messages/lane';
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

/** What one sender told a lane at one time: one message of the queue, whose inputs have one fate. */
interface Bundle {
  readonly inputs: Message[];
  readonly sentAt: number;
  visibleAt: number;
}

/** A lane of a stream: a message group. */
interface Group {
  readonly waiting: Bundle[];
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
const MAX_INPUTS = 100;
/** A batch is kept from others for so long; whoever has it may be dead. Milliseconds. */
const VISIBILITY_MS = 30_000;
/** The share of batches that take along what waits in other lanes of their stream. */
const TAKEN_ALONG = 0.5;

/** What a lane has handed out. */
interface Taken {
  readonly group: Group;
  readonly batch: readonly Bundle[];
}

/**
 * Queues as SQS has them: in order within a lane of a stream, at least once, one batch of a lane at a time as long as
 * whoever has it is done in time; between lanes and streams in any order, so that several processes decide one stream.
 * @param handle decides messages of one stream in some process.
 * @param onPoisoned hears of what was given up.
 */
export function createQueues(
  ground: Ground,
  handle: (batch: readonly Message[]) => Promise<Answer<unknown>>,
  onPoisoned: (message: Message, error: unknown) => void,
): Queues {
  const { time, faults, watch } = ground;
  const streams = new Map<string, Map<number, Group>>();
  let size = 0;

  function groupOf(stream: string, lane: number): Group {
    const lanes = streams.get(stream) ?? new Map<number, Group>();
    streams.set(stream, lanes);
    const known = lanes.get(lane) ?? { waiting: [], isBusy: false, single: 0 };
    lanes.set(lane, known);
    return known;
  }

  function pump(stream: string, group: Group): void {
    const [first] = group.waiting;
    if (group.isBusy || !first) return;
    const now = time.now();
    if (first.visibleAt > now) return void time.setTimer(() => pump(stream, group), first.visibleAt - now);
    const taken = [handOut(group)];
    if (group.single === 0 && faults.lot(`more than ${nameOf(first)} at ${now}`) < TAKEN_ALONG)
      taken.push(...othersOf(stream).map(handOut));
    void take(stream, taken);
  }

  const isReady = ({ isBusy, single, waiting: [first] }: Group) =>
    !isBusy && single === 0 && first !== undefined && first.visibleAt <= time.now();

  const othersOf = (stream: string) => [...(streams.get(stream)?.values() ?? [])].filter(isReady);

  function handOut(group: Group): Taken {
    group.isBusy = true;
    const most = group.single > 0 ? 1 : between(1, BATCH, faults.lot(`batch ${nameOf(group.waiting[0])}`));
    const upTo = group.waiting.findIndex(({ visibleAt }) => visibleAt > time.now());
    return { group, batch: group.waiting.slice(0, Math.min(most, upTo < 0 ? most : upTo)) };
  }

  async function take(stream: string, taken: readonly Taken[]): Promise<void> {
    const inputs = taken.flatMap(({ batch }) => batch.flatMap((bundle) => bundle.inputs));
    const answer = await inTime(time, handle(inputs));
    if (answer.kind === 'done') watch.handled(inputs.map(({ delivery }) => delivery));
    for (const { group, batch } of taken) {
      const before = sizeOf(group);
      settle({ ...ground, onPoisoned }, group, batch, { answer, isAlone: taken.length === 1 });
      size -= before - sizeOf(group);
      group.isBusy = false;
      time.setTimer(() => pump(stream, group), 0);
    }
  }

  return {
    send(message) {
      const { delivery, origin, isPoison } = message;
      const stream = streamOf(delivery.to);
      watch.sent(delivery, origin);
      if (!isPoison && isLossy(delivery) && faults.strikes('lostMessage', origin.id)) return;
      size += 1;
      const group = groupOf(stream, laneOf(delivery, origin));
      const last = group.waiting.at(-1);
      if (last && !group.isBusy && !isPoison && isOfOne(last, message, time.now())) {
        last.inputs.push(message);
        return;
      }
      const late = faults.strikes('delay', origin.id) ? 60_000 * faults.lot(`delay of ${origin.id}`) : 0;
      const visibleAt = Math.ceil(time.now() + 1 + 15 * faults.lot(`way of ${origin.id}`) + late);
      group.waiting.push({ inputs: [message], sentAt: time.now(), visibleAt });
      time.setTimer(() => pump(stream, group), visibleAt - time.now());
    },
    size: () => size,
  };
}

/** Whether a message goes with what was sent before it. */
function isOfOne({ inputs, sentAt, visibleAt }: Bundle, { origin }: Message, now: number): boolean {
  const [first] = inputs as [Message, ...Message[]];
  const isSameSender = first.origin.actor.id === origin.actor.id && !first.isPoison;
  return isSameSender && sentAt === now && visibleAt > now && inputs.length < MAX_INPUTS;
}

const nameOf = (bundle: Bundle | undefined): string => bundle?.inputs[0]?.origin.id ?? '';

const sizeOf = ({ waiting }: Group): number => waiting.reduce((sum, { inputs }) => sum + inputs.length, 0);

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

interface Outcome {
  readonly answer: Answer<unknown>;
  /** No other lane was decided with it. */
  readonly isAlone: boolean;
}

/** What becomes of a batch: its messages are gone, or come again. */
function settle(
  { time, faults, watch, onPoisoned }: Ground & OnPoisoned,
  group: Group,
  batch: readonly Bundle[],
  { answer, isAlone }: Outcome,
): void {
  const id = nameOf(batch[0]);
  const later = (ms: number) => {
    for (const each of batch) each.visibleAt = time.now() + Math.ceil(ms);
  };
  if (answer.kind === 'gone') later(0);
  else if (answer.kind === 'done') {
    if (faults.strikes('duplicate', `batch of ${id}`)) later(10_000 * faults.lot(id));
    else remove(group, batch.length);
  } else if (isRetryable(answer.error)) later(1_000 + 4_000 * faults.lot(id));
  else if (isAlone) refuse({ watch, onPoisoned }, group, batch, answer.error);
  // Which lane has what cannot be decided, it is found out alone.
  else group.single = batch.length;
}

/** One input of a batch cannot be decided, and it must not take the others with it: they go one by one. */
function refuse(
  { watch, onPoisoned }: Pick<Ground, 'watch'> & OnPoisoned,
  group: Group,
  batch: readonly Bundle[],
  error: unknown,
): void {
  const [bundle] = batch as readonly [Bundle];
  const [first] = bundle.inputs as [Message];
  if (!isRepriseError(error)) watch.broke(error, `deciding ${first.delivery.message.type}`);
  if (batch.length > 1) {
    group.single = batch.length;
    return;
  }
  if (bundle.inputs.length > 1) {
    group.waiting.splice(0, 1, ...bundle.inputs.map((input) => ({ ...bundle, inputs: [input] })));
    group.single = Math.max(1, group.single) + bundle.inputs.length - 1;
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
