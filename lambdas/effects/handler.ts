import { performUnconfirmed } from '../../lib/adapters/aws/net';
import { effectsBody } from '../../lib/adapters/aws/queue-messages';
import { net } from '../shared/engine';
import { queueHandler } from '../shared/queue';
import { count } from '../shared/telemetry';

export const handler = queueHandler('effects', effectsBody, async ({ stream, to }) => {
  count('EffectsCaught', await performUnconfirmed(net(), stream, to));
});
