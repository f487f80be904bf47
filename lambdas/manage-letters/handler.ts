import { letterRoutes } from '../../lib/api/letters';
import { routedHandler } from '../runtime/routed';
import { streams } from '../shared/engine';
import { perOwner } from '../shared/owner-quotas';
import { letterList } from '../shared/tables';

export const handler = routedHandler(
  letterRoutes({ streams: streams(), letters: letterList() }).map(perOwner),
);
