import { dependencyRoutes } from '../../lib/api/dependencies';
import { routedHandler } from '../shared/api';
import { streams } from '../shared/engine';
import { perOwner } from '../shared/owner-quotas';
import { dependencyList } from '../shared/tables';

export const handler = routedHandler(
  dependencyRoutes({ streams: streams(), list: dependencyList() }).map(perOwner),
);
