import { attemptCallbacks } from '../../lib/api/workers';
import { routedHandler } from '../runtime/routed';
import { count } from '../runtime/telemetry';
import { inputQueues } from '../shared/queues';
import { engineSecret } from '../shared/secret';

export const handler = routedHandler(
  attemptCallbacks({
    streams: inputQueues(),
    secret: engineSecret,
    onAccepted: () => count('CallbacksAccepted'),
  }),
);
