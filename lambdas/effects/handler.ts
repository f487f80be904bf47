import { effectsBody } from '../../lib/adapters/aws/queues/queue-messages';
import { performUnconfirmed } from '../../lib/adapters/aws/outbox/relay';
import { relay } from '../shared/engine';
import { queueHandler } from '../runtime/queue';
import { count } from '../runtime/telemetry';

export const handler = queueHandler('effects', effectsBody, async ({ stream, to }) => {
  count('EffectsRelayed', await performUnconfirmed(relay(), stream, to));
});
