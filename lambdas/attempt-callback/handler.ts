import { attemptCallbacks } from '../../lib/api/workers';
import { count } from '../runtime/telemetry';
import { routedHandler } from '../shared/api';
import { inputQueues } from '../shared/queues';
import { engineSecret } from '../shared/secret';

export const handler = routedHandler(
  attemptCallbacks({
    streams: inputQueues(),
    secret: engineSecret,
    onAccepted: () => count('CallbacksAccepted'),
  }),
);
