import { idlePace } from '../../lib/api/idle-pace';
import { createWorkerSocket } from '../../lib/api/worker-socket';
import { instrumented } from '../runtime/instrumented';
import { inputQueues } from '../shared/queues';
import { workerAnswers, workers } from '../shared/tables';
import { createSocketHandler } from './serve';

const socket = createWorkerSocket({
  workers: workers(),
  answers: workerAnswers(),
  streams: inputQueues(),
  idleSeconds: idlePace({ workers: workers(), clock: Date.now }),
  clock: Date.now,
});

export const handler = instrumented(createSocketHandler(socket));
