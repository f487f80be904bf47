import { apiHandler } from '../shared/http';
import { inputQueues } from '../shared/queues';
import { engineSecret } from '../shared/secret';
import { count } from '../shared/telemetry';
import { attemptCallbackRoute } from './route';

export const handler = apiHandler(
  attemptCallbackRoute({
    queues: inputQueues(),
    secret: engineSecret,
    onAccepted: () => count('CallbacksAccepted'),
  }),
);
