import { triggerRoutes } from '../../lib/api/triggers';
import { triggerEngine } from '../shared/engine';
import { readEnv } from '../runtime/env';
import { graphs } from '../shared/objects';
import { routedHandler } from '../runtime/routed';
import { journal, triggerList } from '../shared/tables';

export const handler = routedHandler(
  triggerRoutes({
    triggers: triggerEngine(),
    list: triggerList(),
    journal: journal(),
    graphs: graphs(),
    pools: readEnv('POOL_NAMES').POOL_NAMES,
    clock: Date.now,
  }),
);
