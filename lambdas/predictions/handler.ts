import { predictionRoutes } from '../../lib/api/predictions';
import { readEnv } from '../runtime/env';
import { routedHandler } from '../shared/api';
import { perOwner } from '../shared/owner-quotas';
import { reader } from '../shared/readers';
import { dependencyList, history, workers } from '../shared/tables';

const { POOL_NAMES: pools } = readEnv('POOL_NAMES');

export const handler = routedHandler(
  predictionRoutes({
    ...{ view: reader().view, pools, workers: workers(), history: history() },
    ...{ dependencies: dependencyList(), clock: Date.now },
  }).map(perOwner),
);
