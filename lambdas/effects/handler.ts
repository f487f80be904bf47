import { effectsBody } from '../../lib/adapters/aws/queues/queue-messages';
import { performUnconfirmed } from '../../lib/core/engine/outbox-relay';
import { isRepriseError } from '../../lib/core/errors';
import { queueHandler } from '../runtime/queue';
import { count } from '../runtime/telemetry';
import { relay } from '../shared/engine';
import { intake } from '../shared/queues';

export const handler = queueHandler('effects', effectsBody, intake(), async ({ stream, to }) => {
  count('EffectsRelayed', await relayed(stream, to));
});

/** Of a job that was removed meanwhile, everything was performed before. */
async function relayed(stream: string, to: number): Promise<number> {
  try {
    return await performUnconfirmed(relay(), stream, to);
  } catch (error) {
    if (isRepriseError(error, 'JOB_NOT_FOUND')) return 0;
    throw error;
  }
}
