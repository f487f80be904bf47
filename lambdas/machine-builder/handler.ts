import { graphsBody } from '../../lib/adapters/aws/queues/queue-messages';
import { machineRegistry } from '../shared/machines';
import { queueHandler } from '../runtime/queue';
import { graphsSender } from '../shared/queues';
import { count } from '../runtime/telemetry';
import { workflow } from '../shared/workflow';
import { createBuild } from './build';

const build = createBuild({
  registry: machineRegistry(),
  workflow: workflow(),
  send: graphsSender(),
  random: Math.random,
});

export const handler = queueHandler('graphs', graphsBody, async (body) => {
  const outcome = await build(body);
  count(outcome === 'built' ? 'MachinesBuilt' : 'MachinesPutOff');
});
