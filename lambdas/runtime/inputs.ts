import type { SQSRecord } from 'aws-lambda';
import { type InputBody, inputBodies } from '../../lib/adapters/aws/queues/queue-messages';
import { readMessage } from '../../lib/adapters/aws/queues/read-message';
import type { Engine } from '../../lib/core/engine/engine';
import type { Kinds } from '../../lib/core/engine/kinds';
import { RepriseError } from '../../lib/core/errors';
import type { Messages } from '../../lib/core/messages/address';
import type { MessageEnvelope } from '../../lib/core/messages/envelope';
import type { Grouped } from './groups';
import { count } from './telemetry';

/** Kinds of streams whose messages are ordered. */
type OrderedKind = 'job' | 'pool';

/** Decides the messages of streams of one kind: one load, one fold and one append for all of a batch. */
export function streamInputs<K extends OrderedKind>(
  engine: Pick<Engine<Kinds>, 'handle'>,
  kind: K,
): Grouped<MessageEnvelope<Messages[K]>> {
  return {
    parse: (record) => parseInput(record, kind),
    async handle(id, messages) {
      await engine.handle({ kind, id }, messages as never);
      count('InputsDecided', messages.length);
    },
  };
}

/** @throws RepriseError INPUT_INVALID when the message is none of the stream that its group names. */
function parseInput<K extends OrderedKind>(record: SQSRecord, kind: K): MessageEnvelope<Messages[K]> {
  const body = readMessage(inputBodies[kind], record.body) as InputBody<K>;
  const group = record.attributes.MessageGroupId;
  const { to, message, ...origin } = body;
  if (group !== to.id) {
    throw new RepriseError('INPUT_INVALID', `a message for ${to.id} came in the group ${group}`);
  }
  return {
    // Only the state machines send without saying who they are.
    ...{ id: `sqs/${record.messageId}`, actor: { kind: 'workflow', id: 'step-functions' }, ...origin },
    message: message as Messages[K],
  } as MessageEnvelope<Messages[K]>;
}
