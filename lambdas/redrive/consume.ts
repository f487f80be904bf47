import type { SQSRecord } from 'aws-lambda';
import { queuedLetter } from '../../lib/adapters/aws/queues/letter-box';
import { type RedriveBody, redriveBody } from '../../lib/adapters/aws/queues/queue-messages';
import { readMessage } from '../../lib/adapters/aws/queues/read-message';
import { parkedAgain } from '../../lib/core/dlq/poisoned';
import { judge } from '../../lib/core/dlq/queued';
import { letterAt } from '../../lib/core/messages/address';
import type { LetterMessage } from '../../lib/core/messages/letter';
import { type MessageArchive, type QueuedMessage, REASON_ATTRIBUTE } from '../../lib/core/ports/dead-letters';
import type { Log } from '../../lib/core/ports/log';
import type { StreamAsker, StreamReader } from '../../lib/core/ports/streams';
import { type RetryOptions, retrying } from '../../lib/core/retry/retrying';

export interface RedriveDeps {
  readonly streams: StreamAsker & StreamReader;
  readonly archive: Pick<MessageArchive, 'get'>;
  /** Into the queue of that name, once for each id; undefined where there is no such queue. */
  readonly resend: (queue: string, message: QueuedMessage, id: string) => Promise<void>;
  readonly log: Log;
  readonly onLaid: () => void;
  readonly onReturned: () => void;
}

/** `refuse`: SQS takes it to the DLQ, as it may be received once. `take`: it is done with. */
export type Answer = 'refuse' | 'take';

/**
 * What the queue `redrive` brings: letters, which it refuses at first, so that they lie in its DLQ with their source, and
 * takes when they come back; and orders to bring a poisoned message back to its queue. What cannot be handled within the
 * invocation is refused as well: it lies in the DLQ then, to be redriven again, or for the keeper to see.
 */
export function consumeRedrive(
  deps: RedriveDeps,
): (record: SQSRecord, patience: RetryOptions) => Promise<Answer> {
  return async (record, patience) => {
    try {
      const body = readMessage(redriveBody, record.body);
      return await retrying(() => handle(deps, body, record), patience);
    } catch (error) {
      const extra = { messageId: record.messageId, error: error as Error };
      deps.log.error('a letter was not handled, and lies in the DLQ', extra);
      return 'refuse';
    }
  };
}

function handle(deps: RedriveDeps, body: RedriveBody, record: SQSRecord): Promise<Answer> {
  return body.kind === 'letter' ? letter(deps, body, record) : release(deps, body, record);
}

async function letter(
  deps: RedriveDeps,
  body: Extract<RedriveBody, { kind: 'letter' }>,
  { messageId, attributes }: SQSRecord,
): Promise<Answer> {
  const { group } = body;
  const queued = queuedLetter(body, { messageId, sentAt: Number(attributes.SentTimestamp) });
  const { letterId, round, posting } = queued;
  const { state } = await deps.streams.view(letterAt(group));
  const verdict = judge(state, queued);
  switch (verdict) {
    case 'lay':
      await ask(deps, group, { type: 'laid', letterId, round, messageId, posting });
      deps.onLaid();
      return 'refuse';
    case 'redrive':
      await ask(deps, group, { type: 'returned', letterId, round, messageId });
      deps.onReturned();
      return 'take';
    case 'refuse':
      return 'refuse';
    case 'consume':
      return 'take';
  }
}

/** Sends a poisoned message to its queue again, from the archive. One that cannot be sent lies parked again, and says why. */
async function release(
  deps: RedriveDeps,
  { group, letterId, times, place, body }: Extract<RedriveBody, { kind: 'release' }>,
  { messageId }: SQSRecord,
): Promise<Answer> {
  const found = place === undefined ? undefined : await deps.archive.get(place);
  if (!found) {
    const why = place === undefined ? NOT_ARCHIVED : `its message is not at ${place} any more`;
    const { state } = await deps.streams.view(letterAt(group));
    await ask(deps, group, parkedAgain(state, letterId, why));
    return 'take';
  }
  const { queue, attributes, ...message } = found;
  // Why it was given up is no part of it.
  const { [REASON_ATTRIBUTE]: _, ...kept } = attributes;
  const back = { ...message, attributes: kept, body: body ?? message.body };
  await deps.resend(queue, back, `${letterId}/${times}`);
  deps.log.info('a poisoned message was sent to its queue again', { queue, letterId, messageId });
  return 'take';
}

const NOT_ARCHIVED = 'its message is on its way to the archive: redrive it again in some minutes';

async function ask({ streams }: RedriveDeps, group: string, message: LetterMessage): Promise<void> {
  const id = `redrive/${message.type}/${'messageId' in message ? message.messageId : 'seq' in message ? message.seq : ''}`;
  await streams.ask({ to: letterAt(group), message }, { id, actor: CONSUMER });
}

const CONSUMER = { kind: 'engine', id: 'redrive' } as const;
