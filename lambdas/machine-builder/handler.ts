import { graphsBody } from '../../lib/adapters/aws/queues/queue-messages';
import { queueHandler } from '../runtime/queue';
import { count } from '../runtime/telemetry';
import { machineRegistry } from '../shared/machines';
import { graphsSender, receivedQueue } from '../shared/queues';
import { workflow } from '../shared/workflow';
import { createBuild } from './build';

const build = createBuild({
  registry: machineRegistry(),
  workflow: workflow(),
  send: graphsSender(),
  random: Math.random,
});

export const handler = queueHandler('graphs', graphsBody, receivedQueue(), async (body) => {
  const outcome = await build(body);
  count(outcome === 'built' ? 'MachinesBuilt' : 'MachinesPutOff');
});
