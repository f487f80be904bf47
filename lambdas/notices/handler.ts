import { noticesBody, publicEventOf } from '../../lib/adapters/aws/queues/queue-messages';
import { notifyAll } from '../../lib/core/engine/notifying';
import { queueHandler } from '../runtime/queue';
import { notificationRules } from '../shared/notifications';
import { inputQueues, intake } from '../shared/queues';
import { reader } from '../shared/readers';

const deps = { config: notificationRules, streams: reader(), tell: inputQueues().send };

export const handler = queueHandler('notifications', noticesBody, intake(), (body) =>
  notifyAll(deps, publicEventOf(body)),
);
