import { triggerRoutes } from '../../lib/api/triggers';
import { readEnv } from '../runtime/env';
import { routedHandler } from '../runtime/routed';
import { streams } from '../shared/engine';
import { graphs } from '../shared/objects';
import { journal, triggerList } from '../shared/tables';

export const handler = routedHandler(
  triggerRoutes({
    streams: streams(),
    list: triggerList(),
    journal: journal(),
    graphs: graphs(),
    pools: readEnv('POOL_NAMES').POOL_NAMES,
    clock: Date.now,
  }),
);
