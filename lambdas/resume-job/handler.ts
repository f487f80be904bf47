import { resumeJob } from '../../lib/api/resume-job';
import { apiHandler } from '../shared/api';
import { graphs } from '../shared/objects';
import { ownGraphs, perOwner } from '../shared/owner-quotas';
import { inputQueues } from '../shared/queues';
import { reader } from '../shared/readers';
import { jobList, journal } from '../shared/tables';
import { machineRequests } from '../shared/workflow';

export const handler = apiHandler(
  perOwner(
    resumeJob({
      jobs: jobList(),
      streams: { ...inputQueues(), view: reader().view },
      ...{ journal: journal(), graphs: graphs(), owned: ownGraphs(), requests: machineRequests() },
    }),
  ),
);
