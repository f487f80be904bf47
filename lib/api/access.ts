import { type Caller, mayAccessJob } from '../core/access/scopes';
import { RepriseError } from '../core/errors';

/** @throws RepriseError FORBIDDEN */
export function requireAccess(caller: Caller, owner: string | undefined, jobId: string): void {
  if (owner !== undefined && mayAccessJob(caller, owner)) return;
  throw new RepriseError('FORBIDDEN', `job ${jobId} belongs to someone else`, { context: { jobId } });
}
