import type { QueuedLetter } from '../../../core/dlq/queued';
import { present } from '../../../core/model/present';
import type { Clock } from '../../../core/model/time';
import type { LetterBox } from '../../../core/ports/effects';
import type { RedriveBody } from './queue-messages';
import type { SendMessage } from './sender';

export interface PostingDeps {
  readonly clock: Clock;
  /** Another one each time. */
  readonly newId: () => string;
}

/** The queue `redrive`: it gives a letter to its DLQ, from where the console of SQS can send it back. */
export function createSqsLetterBox(send: SendMessage, { clock, newId }: PostingDeps): LetterBox {
  return {
    post: ({ group, letterId, round, jobId, nodeId, why }) => {
      const posted = { posting: newId(), postedAt: clock() };
      const about = { why, ...present({ jobId, nodeId }) };
      const body: RedriveBody = { kind: 'letter', group, letterId, round, ...posted, ...about };
      return send({ body });
    },
    release: ({ group, letterId, times, place, body: text }) => {
      const body: RedriveBody = {
        ...{ kind: 'release', group, letterId, times },
        ...present({ place, body: text }),
      };
      return send({ body });
    },
  };
}

/** A letter of the queue, or of its DLQ, as its group judges it. @param sentAt milliseconds since the epoch. */
export function queuedLetter(
  { letterId, round, posting, postedAt }: Extract<RedriveBody, { kind: 'letter' }>,
  { messageId, sentAt }: { readonly messageId: string; readonly sentAt: number },
): QueuedLetter {
  return { letterId, round, posting, postedAt, messageId, sentAt };
}
