import { jobAt } from '../core/messages/address';
import type { JobMessage } from '../core/messages/job';
import type { JobList } from '../core/ports/registries';
import type { StreamSender } from '../core/ports/streams';
import { accessibleJob, requirePriority } from './access';
import { type ApiRequest, type Served, serve } from './route';
import { ROUTES } from './routes';

export interface JobCommandDeps {
  readonly jobs: Pick<JobList, 'get'>;
  readonly streams: StreamSender;
}

type CommandRoute = (typeof ROUTES)['cancelJob' | 'pauseJob' | 'unpauseJob' | 'setJobPriority'];

/** Asks a job for something. The answer says that it was asked for; the job tells when it is done. */
function command<R extends CommandRoute>(
  { jobs, streams }: JobCommandDeps,
  route: R,
  messageOf: (body: ApiRequest<R>['body']) => JobMessage,
): Served {
  return serve<CommandRoute, 202>(route, async ({ body, caller, params: { jobId }, requestId, traceId }) => {
    const job = await accessibleJob(caller, jobId, {
      find: () => jobs.get(jobId),
      ownerOf: ({ owner }) => owner,
    });
    const message = messageOf(body as ApiRequest<R>['body']);
    if (message.type === 'reprioritise') requirePriority(caller, message.priority, job.priority);
    const actor = { kind: 'user', id: caller.subject } as const;
    await streams.send({ to: jobAt(jobId), message }, { id: `${message.type}/${requestId}`, actor, traceId });
    return { status: 202, body: { job_id: jobId, status: job.status } };
  });
}

export function jobCommands(deps: JobCommandDeps): readonly Served[] {
  return [
    command(deps, ROUTES.cancelJob, ({ reason }) => ({ type: 'cancel', reason })),
    command(deps, ROUTES.pauseJob, ({ reason }) => ({ type: 'pause', reason })),
    command(deps, ROUTES.unpauseJob, ({ reason }) => ({ type: 'unpause', reason })),
    command(deps, ROUTES.setJobPriority, ({ priority }) => ({ type: 'reprioritise', priority })),
  ];
}
