import { explainNode } from '../../lib/api/explain-node';
import { getJob } from '../../lib/api/get-job';
import { getJobGraph } from '../../lib/api/job-graph';
import { openSlots } from '../../lib/core/recovery/silence';
import { routedHandler } from '../shared/api';
import { perOwner } from '../shared/owner-quotas';
import { reader } from '../shared/readers';
import { journal, workers } from '../shared/tables';

const { view } = reader();
const slotsOf = async (pool: string) => openSlots(await workers().list(pool), Date.now());

export const handler = routedHandler(
  [
    getJob({ view, slotsOf, clock: Date.now }),
    getJobGraph({ view }),
    explainNode({ view, journal: journal() }),
  ].map(perOwner),
);
