import { graphsBody } from '../../lib/adapters/aws/queues/queue-messages';
import { queueHandler } from '../runtime/queue';
import { count } from '../runtime/telemetry';
import { machineRegistry } from '../shared/machines';
import { graphsSender } from '../shared/queues';
import { createBuild } from './build';

const build = createBuild({
  registry: machineRegistry(),
  send: graphsSender(),
  random: Math.random,
});

const COUNTS = { built: 'MachinesBuilt', later: 'MachinesPutOff', refused: 'MachinesRefused' } as const;

export const handler = queueHandler('graphs', graphsBody, async (body) => {
  count(COUNTS[await build(body)]);
});
