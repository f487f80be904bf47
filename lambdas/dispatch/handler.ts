import { setTimeout as sleep } from 'node:timers/promises';
import { dispatchBody } from '../../lib/adapters/aws/queues/queue-messages';
import { createTestExecutionClient } from '../../lib/adapters/http/test-execution-client';
import { graphs } from '../shared/objects';
import { queueHandler } from '../runtime/queue';
import { inputQueues } from '../shared/queues';
import { engineSecret } from '../shared/secret';
import { count } from '../runtime/telemetry';
import { createDispatch } from './dispatch';

/** Patience with a worker, per try: three tries end before the function's own time does. */
const TIMEOUT_MS = 3_000;

const dispatch = createDispatch({
  graphs: graphs(),
  queues: inputQueues(),
  secret: engineSecret,
  connect: (address) => createTestExecutionClient({ ...address, timeoutMs: TIMEOUT_MS }),
  sleep,
  onDispatch: (outcome) => count(outcome === 'dispatched' ? 'AttemptsDispatched' : 'DispatchesRefused'),
});

export const handler = queueHandler('dispatch', dispatchBody, dispatch);
