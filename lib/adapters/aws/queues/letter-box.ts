import type { LetterBox } from '../../../core/ports/effects';
import type { RedriveBody } from './queue-messages';
import type { SendMessage } from './sender';

/** The queue `redrive`: it gives a letter to its DLQ, from where the console of SQS can send it back. */
export function createSqsLetterBox(send: SendMessage): LetterBox {
  return {
    post: ({ group, letterId, round }) =>
      send({ body: { kind: 'letter', group, letterId, round } satisfies RedriveBody }),
    release: ({ group, letterId }) =>
      send({ body: { kind: 'release', group, letterId } satisfies RedriveBody }),
  };
}
