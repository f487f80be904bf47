import { graphsBody } from '../../lib/adapters/aws/queues/queue-messages';
import { queueHandler } from '../runtime/queue';
import { count } from '../runtime/telemetry';
import { machineRegistry } from '../shared/machines';
import { intake } from '../shared/queues';
import { createBuild } from './build';

const build = createBuild({ registry: machineRegistry() });

const COUNTS = { built: 'MachinesBuilt', refused: 'MachinesRefused' } as const;

export const handler = queueHandler('graphs', graphsBody, intake(), async (body, { attributes }) => {
  count(COUNTS[await build(body, Number(attributes.ApproximateReceiveCount))]);
});
