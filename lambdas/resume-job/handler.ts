import { resumeJob } from '../../lib/api/resume-job';
import { retryJob } from '../../lib/api/retry-job';
import { rollbackJob } from '../../lib/api/rollback-job';
import { routedHandler } from '../shared/api';
import { graphs } from '../shared/objects';
import { ownGraphs, perOwner } from '../shared/owner-quotas';
import { inputQueues } from '../shared/queues';
import { reader } from '../shared/readers';
import { jobList, journal } from '../shared/tables';
import { machineRequests } from '../shared/workflow';

const deps = { jobs: jobList(), streams: { ...inputQueues(), view: reader().view } };

export const handler = routedHandler(
  [
    resumeJob({
      ...deps,
      ...{ journal: journal(), graphs: graphs(), owned: ownGraphs(), requests: machineRequests() },
    }),
    retryJob(deps),
    rollbackJob(deps),
  ].map(perOwner),
);
