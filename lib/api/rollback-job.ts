import { RepriseError } from '../core/errors';
import { NOTHING_TO_UNDO, undoable } from '../core/job/rollback';
import { isRollingBack } from '../core/job/rollback-state';
import { jobAt } from '../core/messages/address';
import { isOver } from '../core/model/outcome';
import { present } from '../core/model/present';
import type { JobList } from '../core/ports/registries';
import type { StreamReader, StreamSender } from '../core/ports/streams';
import { accessibleListedJob } from './access';
import { commandOrigin, type Served, serve } from './route';
import { ROUTES } from './routes';

export interface RollbackJobDeps {
  readonly jobs: Pick<JobList, 'get'>;
  readonly streams: StreamSender & StreamReader<'job'>;
}

/** Asks a job to undo what it did: one that is over and has nothing to undo is told so, one that runs may have by its end. */
export function rollbackJob({ jobs, streams }: RollbackJobDeps): Served {
  return serve(ROUTES.rollbackJob, async (request) => {
    const { body, caller, params } = request;
    const { jobId } = params;
    const job = await accessibleListedJob(caller, jobId, jobs);
    const { reason } = body;
    const from = present({ to: body.to });
    const { index, state } = await streams.view(jobAt(jobId));
    const { status } = state;
    if (isOver(status) && !isRollingBack(state) && undoable(index, state, from).length === 0) {
      const message = `the job is ${status}, and there is nothing to undo: ${NOTHING_TO_UNDO}`;
      throw new RepriseError('STATE_CONFLICT', message, { context: { jobId, state: status } });
    }
    const message = { type: 'rollback' as const, reason, ...from };
    await streams.send({ to: jobAt(jobId), message }, commandOrigin('rollback', request));
    return { status: 202, body: { job_id: jobId, status: job.status } };
  });
}
