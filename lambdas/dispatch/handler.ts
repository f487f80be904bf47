import { dispatchBody } from '../../lib/adapters/aws/queues/queue-messages';
import { createTestExecutionClient } from '../../lib/adapters/http/test-execution-client';
import { SYSTEM } from '../../lib/adapters/system';
import { queueHandler } from '../runtime/queue';
import { count, logger } from '../runtime/telemetry';
import { graphs } from '../shared/objects';
import { inputQueues, intake } from '../shared/queues';
import { engineSecret } from '../shared/secret';
import { workerAddresses } from '../shared/worker-addresses';
import { createDispatch } from './dispatch';

/** Patience with a worker, per try: three tries end before the function's own time does. */
const TIMEOUT_MS = 3_000;

const dispatch = createDispatch({
  graphs: graphs(),
  streams: inputQueues(),
  secret: engineSecret,
  connect: (address) =>
    createTestExecutionClient({ ...address, timeoutMs: TIMEOUT_MS, fetch: workerAddresses().fetch }),
  log: logger,
  timing: SYSTEM,
  onDispatch: (outcome) => count(outcome === 'dispatched' ? 'AttemptsDispatched' : 'DispatchesRefused'),
});

export const handler = queueHandler('dispatch', dispatchBody, intake(), dispatch);
