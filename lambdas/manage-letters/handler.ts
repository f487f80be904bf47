import { letterRoutes } from '../../lib/api/letters';
import { routedHandler } from '../shared/api';
import { streams } from '../shared/engine';
import { perOwner } from '../shared/owner-quotas';
import { letterList } from '../shared/tables';

export const handler = routedHandler(
  letterRoutes({ streams: streams(), letters: letterList() }).map(perOwner),
);
