import { createDeadLetterQueue, resend } from '../../lib/adapters/aws/queues/dead-letter-queue';
import { RepriseError } from '../../lib/core/errors';
import type { QueuedMessage } from '../../lib/core/ports/dead-letters';
import { readEnv } from '../runtime/env';
import { once } from '../runtime/once';
import { sqs } from './clients/sqs';

/** The DLQs of this deployment; that of `redrive` holds letters, the others what was poisoned. */
export const watchedQueues = once(() =>
  readEnv('DEAD_LETTER_QUEUES').DEAD_LETTER_QUEUES.map(([name, dlq]) => ({
    ...{ name, isOfLetters: name === 'redrive' },
    dlq: createDeadLetterQueue(sqs(), urlOf(dlq)),
  })),
);

/** Queues of one account share all of their address but the name. */
function urlOf(name: string): string {
  const { REDRIVE_QUEUE_URL: sibling } = readEnv('REDRIVE_QUEUE_URL');
  return sibling.slice(0, sibling.lastIndexOf('/') + 1) + name;
}

const sources = once((): ReadonlyMap<string, string> => {
  const env = readEnv(
    ...(['JOBS_QUEUE_URL', 'POOLS_QUEUE_URL', 'DEPENDENCIES_QUEUE_URL', 'LETTERS_QUEUE_URL'] as const),
    ...(['DISPATCH_QUEUE_URL', 'TIMERS_QUEUE_URL', 'EFFECTS_QUEUE_URL', 'GRAPHS_QUEUE_URL'] as const),
    ...(['TRIGGERS_QUEUE_URL', 'OTHER_QUEUES'] as const),
  );
  return new Map([
    ['jobs', env.JOBS_QUEUE_URL],
    ['pools', env.POOLS_QUEUE_URL],
    ['dependencies', env.DEPENDENCIES_QUEUE_URL],
    ['letters', env.LETTERS_QUEUE_URL],
    ['dispatch', env.DISPATCH_QUEUE_URL],
    ['timers', env.TIMERS_QUEUE_URL],
    ['effects', env.EFFECTS_QUEUE_URL],
    ['graphs', env.GRAPHS_QUEUE_URL],
    ['triggers', env.TRIGGERS_QUEUE_URL],
    ...env.OTHER_QUEUES.map(([name, queue]) => [name, urlOf(queue)] as const),
  ]);
});

/**
 * Sends a message into the queue that it came from.
 * @throws RepriseError INPUT_INVALID where this deployment has no such queue.
 */
export async function resendTo(queue: string, message: QueuedMessage, id: string): Promise<void> {
  const url = sources().get(queue);
  if (url === undefined) throw new RepriseError('INPUT_INVALID', `no message goes back to a queue ${queue}`);
  await resend(sqs(), url, { message, id });
}
