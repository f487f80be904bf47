import { effectsBody } from '../../lib/adapters/aws/queues/queue-messages';
import { performUnconfirmed } from '../../lib/core/engine/outbox-relay';
import { queueHandler } from '../runtime/queue';
import { count } from '../runtime/telemetry';
import { relay } from '../shared/engine';
import { intake } from '../shared/queues';

export const handler = queueHandler('effects', effectsBody, intake(), async ({ stream, to }) => {
  count('EffectsRelayed', await performUnconfirmed(relay(), stream, to));
});
