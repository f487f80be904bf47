import { RepriseError } from '../core/errors';
import { misfit } from '../core/job/fits';
import { jobAt } from '../core/messages/address';
import type { JobMessage } from '../core/messages/job';
import type { JobList } from '../core/ports/registries';
import type { StreamSender } from '../core/ports/streams';
import { accessibleListedJob, requirePriority } from './access';
import { type ApiRequest, commandOrigin, type Served, serve } from './route';
import { ROUTES } from './routes';
import { requireShare, requireUnshare } from './sharing';

export interface JobCommandDeps {
  readonly jobs: Pick<JobList, 'get'>;
  readonly streams: StreamSender;
}

type CommandRoute = (typeof ROUTES)[
  | 'cancelJob'
  | 'pauseJob'
  | 'unpauseJob'
  | 'setJobPriority'
  | 'shareJob'
  | 'unshareJob'];

/** Asks a job for something. The answer says that it was asked for; the job tells when it is done. */
function command<R extends CommandRoute>(
  { jobs, streams }: JobCommandDeps,
  route: R,
  messageOf: (body: ApiRequest<R>['body']) => JobMessage,
): Served {
  return serve<CommandRoute, 202>(route, async (request) => {
    const { body, caller, params } = request;
    const { jobId } = params;
    const job = await accessibleListedJob(caller, jobId, jobs);
    const message = messageOf(body as ApiRequest<R>['body']);
    const why = misfit(message.type, job.status);
    if (why) throw new RepriseError('STATE_CONFLICT', why, { context: { jobId, state: job.status } });
    if (message.type === 'reprioritise') requirePriority(caller, message.priority, job.priority);
    if (message.type === 'share') requireShare(caller, job, message.user);
    if (message.type === 'unshare') requireUnshare(caller, job, message.user);
    await streams.send({ to: jobAt(jobId), message }, commandOrigin(message.type, request));
    return { status: 202, body: { job_id: jobId, status: job.status } };
  });
}

export function jobCommands(deps: JobCommandDeps): readonly Served[] {
  return [
    command(deps, ROUTES.cancelJob, ({ reason, force }) => ({
      ...{ type: 'cancel', reason },
      ...(force && { force }),
    })),
    command(deps, ROUTES.pauseJob, ({ reason }) => ({ type: 'pause', reason })),
    command(deps, ROUTES.unpauseJob, ({ reason }) => ({ type: 'unpause', reason })),
    command(deps, ROUTES.setJobPriority, ({ priority }) => ({ type: 'reprioritise', priority })),
    command(deps, ROUTES.shareJob, ({ user }) => ({ type: 'share', user })),
    command(deps, ROUTES.unshareJob, ({ user }) => ({ type: 'unshare', user })),
  ];
}
