import { apiHandler } from '../runtime/http';
import { inputQueues } from '../shared/queues';
import { engineSecret } from '../shared/secret';
import { count } from '../runtime/telemetry';
import { attemptCallbackRoute } from './route';

export const handler = apiHandler(
  attemptCallbackRoute({
    queues: inputQueues(),
    secret: engineSecret,
    onAccepted: () => count('CallbacksAccepted'),
  }),
);
