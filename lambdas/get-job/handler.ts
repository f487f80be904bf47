import { explainNode } from '../../lib/api/explain-node';
import { getJob } from '../../lib/api/get-job';
import { getTrace } from '../../lib/api/get-trace';
import { getGraph } from '../../lib/api/graphs';
import { getJobGraph } from '../../lib/api/job-graph';
import { jobRecoveries } from '../../lib/api/job-recoveries';
import { jobReports } from '../../lib/api/job-report';
import { openSlots } from '../../lib/core/recovery/silence';
import { routedHandler } from '../shared/api';
import { kinds } from '../shared/kinds';
import { machineRegistry } from '../shared/machines';
import { perOwner } from '../shared/owner-quotas';
import { reader } from '../shared/readers';
import { graphOwners, graphRecords, journal, traceIndex, workers } from '../shared/tables';

const { view } = reader();
const slotsOf = async (pool: string) => openSlots(await workers().list(pool), Date.now());

export const handler = routedHandler(
  [
    getJob({ view, slotsOf, clock: Date.now }),
    getJobGraph({ view }),
    explainNode({ view, journal: journal() }),
    ...jobRecoveries({ view, journal: journal() }),
    ...jobReports({ view, journal: journal() }),
    getGraph({ registry: machineRegistry(), records: graphRecords(), owners: graphOwners() }),
    getTrace({ journal: journal(), kinds: kinds(), index: traceIndex() }),
  ].map(perOwner),
);
