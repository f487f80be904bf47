import type { Delivery } from '../../../core/messages/address';
import type { Origin } from '../../../core/messages/envelope';
import { laneOf } from '../../../core/messages/lane';
import { present } from '../../../core/model/present';
import { groupOf } from './message-groups';
import type { BundledInput, OrderedKind } from './queue-messages';
import { deduplicationId, type QueueMessage, type SendMessage } from './sender';

/** Inputs of a message, and their bytes: a request of SQS is billed for every 64 KiB. */
const MAX_INPUTS = 100;
const MAX_BYTES = 60_000;

interface Waiting {
  readonly input: BundledInput;
  readonly bytes: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export type SendInput = (delivery: Delivery<OrderedKind>, origin: Origin) => Promise<void>;

/** A lane of a stream: one message group. */
interface Lane {
  readonly to: Delivery<OrderedKind>['to'];
  readonly number: number;
}

/**
 * Sends inputs of ordered streams. Those for one lane of a stream that are sent in one turn of the event loop go as one
 * message, in their order: a lane gets ten messages at a time, however little is in each.
 */
export function createBundler(send: SendMessage): SendInput {
  const lanes = new Map<string, { readonly lane: Lane; waiting: Waiting[] }>();

  function flush(): void {
    const open = [...lanes.values()];
    lanes.clear();
    // All at once, in order: the sender below keeps it.
    for (const { lane, waiting } of open)
      for (const bundle of bundlesOf(waiting)) void deliver(send, lane, bundle);
  }

  return (delivery, origin) =>
    new Promise((resolve, reject) => {
      if (lanes.size === 0) setImmediate(flush);
      const { to, message } = delivery;
      const { id, actor, traceId, correlationId } = origin;
      const input = { message, id, actor, ...present({ traceId, correlationId }) } as BundledInput;
      const lane = { to, number: laneOf(delivery, origin) };
      const group = groupOf(to.id, lane.number);
      const open = lanes.get(group) ?? { lane, waiting: [] };
      lanes.set(group, open);
      open.waiting.push({ input, bytes: Buffer.byteLength(JSON.stringify(input)), resolve, reject });
    });
}

function bundlesOf(waiting: readonly Waiting[]): Waiting[][] {
  const bundles: Waiting[][] = [];
  let bytes = 0;
  for (const each of waiting) {
    const last = bundles.at(-1);
    bytes += each.bytes;
    if (last && last.length < MAX_INPUTS && bytes <= MAX_BYTES) last.push(each);
    else {
      bundles.push([each]);
      bytes = each.bytes;
    }
  }
  return bundles;
}

async function deliver(send: SendMessage, lane: Lane, bundle: readonly Waiting[]): Promise<void> {
  try {
    await send(messageOf(lane, bundle));
    for (const { resolve } of bundle) resolve();
  } catch (error) {
    for (const { reject } of bundle) reject(error);
  }
}

/** In lane 0 a single input stands as it always has. What is in another one, readers that know no lanes cannot read. */
function messageOf({ to, number }: Lane, bundle: readonly Waiting[]): QueueMessage {
  const inputs = bundle.map(({ input }) => input);
  const [first] = inputs as [BundledInput];
  const isOne = inputs.length === 1;
  const plain = isOne ? { to, ...first } : { to, inputs };
  return {
    body: number === 0 ? plain : { lane: { ...to, number }, inputs },
    groupId: groupOf(to.id, number),
    deduplicationId: deduplicationId(first.id, isOne ? first.message : inputs),
  };
}
