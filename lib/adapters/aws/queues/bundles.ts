import type { Delivery } from '../../../core/messages/address';
import type { Origin } from '../../../core/messages/envelope';
import { present } from '../../../core/model/present';
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

/**
 * Sends inputs of ordered streams. Those for one stream that are sent in one turn of the event loop go as one message, in
 * their order: a stream gets ten messages at a time, however little is in each.
 */
export function createBundler(send: SendMessage): SendInput {
  const streams = new Map<string, { readonly to: Delivery<OrderedKind>['to']; waiting: Waiting[] }>();

  function flush(): void {
    const open = [...streams.values()];
    streams.clear();
    // All at once, in order: the sender below keeps it.
    for (const { to, waiting } of open)
      for (const bundle of bundlesOf(waiting)) void deliver(send, to, bundle);
  }

  return ({ to, message }, { id, actor, traceId, correlationId }) =>
    new Promise((resolve, reject) => {
      if (streams.size === 0) setImmediate(flush);
      const input = { message, id, actor, ...present({ traceId, correlationId }) } as BundledInput;
      const stream = streams.get(to.id) ?? { to, waiting: [] };
      streams.set(to.id, stream);
      stream.waiting.push({ input, bytes: Buffer.byteLength(JSON.stringify(input)), resolve, reject });
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

async function deliver(
  send: SendMessage,
  to: Delivery<OrderedKind>['to'],
  bundle: readonly Waiting[],
): Promise<void> {
  try {
    await send(messageOf(to, bundle));
    for (const { resolve } of bundle) resolve();
  } catch (error) {
    for (const { reject } of bundle) reject(error);
  }
}

/** A single input stands as it always has. */
function messageOf(to: Delivery<OrderedKind>['to'], bundle: readonly Waiting[]): QueueMessage {
  const inputs = bundle.map(({ input }) => input);
  const [first] = inputs as [BundledInput];
  const isOne = inputs.length === 1;
  return {
    body: isOne ? { to, ...first } : { to, inputs },
    groupId: to.id,
    deduplicationId: deduplicationId(first.id, isOne ? first.message : inputs),
  };
}
