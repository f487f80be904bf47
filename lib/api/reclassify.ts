import { diagnosisOf } from '../core/engine/diagnosis-of';
import { RepriseError } from '../core/errors';
import { jobAt } from '../core/messages/address';
import type { NodeAttempt } from '../core/model/attempt';
import { present } from '../core/model/present';
import type { Clock } from '../core/model/time';
import type { JobList } from '../core/ports/registries';
import type { JournalStore } from '../core/ports/stores';
import type { StreamSender } from '../core/ports/streams';
import { accessibleListedJob, requireAdmin } from './access';
import { commandOrigin, type Served, serve } from './route';
import { ROUTES } from './routes';

export interface ReclassifyDeps {
  readonly jobs: Pick<JobList, 'get'>;
  readonly journal: Pick<JournalStore, 'read'>;
  readonly streams: StreamSender;
  readonly clock: Clock;
}

/** Says what the failure of an attempt was: journalled with its job, and used for its signature from then on. */
export function reclassify({ jobs, journal, streams, clock }: ReclassifyDeps): Served {
  return serve(ROUTES.reclassifyAttempt, async (request) => {
    const { body, caller, params } = request;
    const { jobId, nodeId, attempt } = params;
    const job = await accessibleListedJob(caller, jobId, jobs);
    if (body.for_everyone) requireAdmin(caller, 'for_everyone: a class for the failures of everyone');
    if (!(await diagnosisOf(journal, jobId, { nodeId, attempt }))) {
      throw unclassified({ nodeId, attempt });
    }
    const { class: failureClass, reason, for_everyone } = body;
    const message = {
      ...{ type: 'reclassify' as const, nodeId, attempt, class: failureClass, reason },
      ...{ by: caller.subject, askedAt: clock() },
      ...present({ forEveryone: for_everyone || undefined }),
    };
    await streams.send({ to: jobAt(jobId), message }, commandOrigin('reclassify', request));
    return { status: 202, body: { job_id: jobId, status: job.status } };
  });
}

/** Of an attempt that has no class: there is none, or it did not fail. */
export function unclassified({ nodeId, attempt }: NodeAttempt): RepriseError {
  const message = `attempt ${attempt} of ${nodeId} has no classified failure to correct`;
  return new RepriseError('NODE_NOT_FOUND', message);
}
