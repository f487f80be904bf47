import { effectsBody } from '../../lib/adapters/aws/queues/queue-messages';
import { performUnconfirmed } from '../../lib/core/engine/outbox-relay';
import { rearm } from '../../lib/core/engine/rearm';
import { queueHandler } from '../runtime/queue';
import { count, logger } from '../runtime/telemetry';
import { relay } from '../shared/engine';
import { effectPorts } from '../shared/ports';
import { intake } from '../shared/queues';
import { reader } from '../shared/readers';
import { journal } from '../shared/tables';

export const handler = queueHandler('effects', effectsBody, intake(), async ({ stream, to, ...asked }) => {
  count('EffectsRelayed', await performUnconfirmed(relay(), stream, to));
  if (asked.rearm)
    await rearm({ streams: reader(), journal: journal(), ports: effectPorts(), log: logger }, stream);
});
