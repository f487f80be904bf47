import { graphsBody } from '../../lib/adapters/aws/queues/queue-messages';
import { queueHandler } from '../runtime/queue';
import { count } from '../runtime/telemetry';
import { machineRegistry } from '../shared/machines';
import { intake } from '../shared/queues';
import { workflow } from '../shared/workflow';
import { createBuild } from './build';

const build = createBuild({ registry: machineRegistry(), workflow: workflow() });

export const handler = queueHandler('graphs', graphsBody, intake(), async (body) => {
  await build(body);
  count('MachinesBuilt');
});
