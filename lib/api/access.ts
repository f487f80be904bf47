import { retryRefusal } from '../core/access/retry';
import { type Caller, hasScope, isAdmin, mayAccess, mayServe, SCOPES } from '../core/access/scopes';
import { isRepriseError, RepriseError } from '../core/errors';
import { holdersOf } from '../core/job/state';
import { jobAt } from '../core/messages/address';
import type { Held } from '../core/model/held';
import type { JobType } from '../core/model/job-type';
import { PRIORITIES, type Priority } from '../core/model/priority';
import type { JobList, ListedJob } from '../core/ports/registries';
import type { JobFold, StreamReader } from '../core/ports/streams';
import { noteOwner } from './noted';

/**
 * A job that the caller may see. That of somebody else is as unknown as one that nobody submitted: nobody finds out by
 * asking which ids there are.
 * @throws RepriseError JOB_NOT_FOUND
 */
async function accessibleJob<Job>(
  caller: Caller,
  jobId: string,
  { find, heldBy }: { find: () => Promise<Job>; heldBy: (job: Job) => Held | undefined },
): Promise<Job> {
  const job = await unlessUnknown(find, 'JOB_NOT_FOUND');
  const held = job && heldBy(job);
  if (held) noteOwner(caller, held.owner);
  if (job !== undefined && held && mayAccess(caller, held)) return job;
  const context = { jobId, isForeign: held !== undefined };
  throw new RepriseError('JOB_NOT_FOUND', `no job ${jobId}: check the id`, { context });
}

/** The same of a job that a list shows. @throws RepriseError JOB_NOT_FOUND */
export function accessibleListedJob(
  caller: Caller,
  jobId: string,
  jobs: Pick<JobList, 'get'>,
): Promise<ListedJob> {
  return accessibleJob(caller, jobId, { find: () => jobs.get(jobId), heldBy: (job) => job });
}

/** The same of a job as it stands now. @throws RepriseError JOB_NOT_FOUND */
export function accessibleFold(
  caller: Caller,
  jobId: string,
  { view }: StreamReader<'job'>,
): Promise<JobFold> {
  const heldBy = ({ state }: JobFold) => holdersOf(state);
  return accessibleJob(caller, jobId, { find: () => view(jobAt(jobId)), heldBy });
}

async function unlessUnknown<T>(find: () => Promise<T>, code: 'JOB_NOT_FOUND'): Promise<T | undefined> {
  try {
    return await find();
  } catch (error) {
    if (isRepriseError(error, code)) return undefined;
    throw error;
  }
}

/**
 * Whose jobs or triggers a call is about: the caller's own, unless an administrator names another owner.
 * @throws RepriseError FORBIDDEN
 */
export function ownerFor(caller: Caller, named: string | undefined): string {
  noteOwner(caller, named ?? caller.subject);
  if (named === undefined || named === caller.subject || isAdmin(caller)) return named ?? caller.subject;
  throw forbidden(`owner: what belongs to others needs the scope ${SCOPES.admin}`);
}

/**
 * @param before what it was; nothing for something new, which may have any class but the first.
 * @throws RepriseError FORBIDDEN
 */
export function requirePriority(caller: Caller, wanted: Priority, before?: Priority): void {
  const isRaised =
    before === undefined ? wanted === 'critical' : PRIORITIES.indexOf(wanted) < PRIORITIES.indexOf(before);
  if (!isRaised || hasScope(caller, SCOPES.priority) || isAdmin(caller)) return;
  const what = before === undefined ? `the priority ${wanted}` : `raising the priority to ${wanted}`;
  throw forbidden(`${what} needs the scope ${SCOPES.priority}`);
}

/** @throws RepriseError FORBIDDEN that says why the caller may not have a job of this type tried again. */
export function requireRetry(caller: Caller, type: JobType, level: number | undefined): void {
  const why = retryRefusal(caller, type, level);
  if (why !== undefined) throw forbidden(why);
}

/** Whoever says what a node runs may as well submit a graph. @throws RepriseError FORBIDDEN */
export function requireEdit(caller: Caller): void {
  if (hasScope(caller, SCOPES.jobs) || isAdmin(caller)) return;
  throw forbidden(`input: to edit what a node runs needs the scope ${SCOPES.jobs}`);
}

/** @throws RepriseError FORBIDDEN */
export function requireServes(caller: Caller, pool: string): void {
  if (mayServe(caller, pool)) return;
  throw forbidden(`workers of pool ${pool} need the scope ${SCOPES.worker} or ${SCOPES.worker}:${pool}`);
}

/** @param what the caller asks for, after the place of the request. @throws RepriseError FORBIDDEN */
export function requireAdmin(caller: Caller, what: string): void {
  if (!isAdmin(caller)) throw forbidden(`${what} needs the scope ${SCOPES.admin}`);
}

function forbidden(message: string): RepriseError {
  return new RepriseError('FORBIDDEN', message);
}
