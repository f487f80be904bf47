import { effectsBody } from '../../lib/adapters/aws/queue-messages';
import { performUnconfirmed } from '../../lib/adapters/aws/relay';
import { relay } from '../shared/engine';
import { queueHandler } from '../shared/queue';
import { count } from '../shared/telemetry';

export const handler = queueHandler('effects', effectsBody, async ({ stream, to }) => {
  count('EffectsRelayed', await performUnconfirmed(relay(), stream, to));
});
