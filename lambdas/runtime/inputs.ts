import { streamIdOf } from '../../lib/adapters/aws/queues/message-groups';
import {
  type Bundle,
  type InputBody,
  type OrderedKind,
  orderedBodies,
} from '../../lib/adapters/aws/queues/queue-messages';
import { readMessage } from '../../lib/adapters/aws/queues/read-message';
import type { Engine } from '../../lib/core/engine/engine';
import type { Kinds } from '../../lib/core/engine/kinds';
import { isRetryable, RepriseError } from '../../lib/core/errors';
import type { Messages } from '../../lib/core/messages/address';
import type { MessageEnvelope } from '../../lib/core/messages/envelope';
import type { ReceivedMessage } from '../../lib/core/ports/received';
import type { Grouped } from './groups';
import { count } from './telemetry';

/** Decides the messages of streams of one kind: one load, one fold and one append for all of a batch. */
export function streamInputs<K extends OrderedKind>(
  engine: Pick<Engine<Kinds>, 'handle'>,
  kind: K,
): Grouped<readonly MessageEnvelope<Messages[K]>[]> {
  const decide = async (id: string, messages: readonly MessageEnvelope<Messages[K]>[]) => {
    await engine.handle({ kind, id }, messages as never);
    count('InputsDecided', messages.length);
  };
  return {
    parse: (record) => parseInputs(record, kind),
    async handle(id, bundles) {
      const messages = bundles.flat();
      try {
        await decide(id, messages);
      } catch (error) {
        if (isRetryable(error) || bundles.length > 1 || messages.length === 1) throw error;
        // One of a bundle cannot be decided, and it must not take the others to the DLQ.
        await decideEach(messages, (message) => decide(id, [message]));
      }
    },
  };
}

/** Goes on behind what fails. @throws what failed first. */
async function decideEach<T>(messages: readonly T[], decide: (message: T) => Promise<void>): Promise<void> {
  const failed: unknown[] = [];
  for (const message of messages) {
    await decide(message).catch((error: unknown) => {
      // What may succeed later comes again with the whole bundle, before anything behind it.
      if (isRetryable(error)) throw error;
      failed.push(error);
    });
  }
  if (failed.length > 0) throw failed[0];
}

/** @throws RepriseError INPUT_INVALID when the message is none of the stream that its group names. */
function parseInputs<K extends OrderedKind>(
  record: ReceivedMessage,
  kind: K,
): readonly MessageEnvelope<Messages[K]>[] {
  const body = readMessage(orderedBodies[kind], record.body) as Bundle | InputBody<K>;
  const group = record.attributes.MessageGroupId ?? '';
  if (streamIdOf(group) !== body.to.id) {
    throw new RepriseError('INPUT_INVALID', `a message for ${body.to.id} came in the group ${group}`);
  }
  if ('inputs' in body) return body.inputs as unknown as MessageEnvelope<Messages[K]>[];
  const { to: _, message, ...origin } = body;
  // Only the state machines send without saying who they are.
  const from = { id: `sqs/${record.messageId}`, actor: { kind: 'workflow', id: 'step-functions' } };
  return [{ ...from, ...origin, message } as unknown as MessageEnvelope<Messages[K]>];
}
