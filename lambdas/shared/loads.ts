import { createPoolLoads } from '../../lib/adapters/aws/table/loads';
import { once } from '../runtime/once';
import { graphs } from './objects';
import { journal, workers } from './tables';

/** What pools were asked to do, as their journals and those of jobs tell it. */
export const loads = once(() =>
  createPoolLoads({ journal: journal(), graphs: graphs(), workers: workers() }),
);
