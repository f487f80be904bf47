import { z } from 'zod';
import { type Caller, mayAccessJob } from '../core/access/scopes';
import { RepriseError } from '../core/errors';

/** Ids as the contract writes them. */
export const id = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'expected 1 to 64 of A-Z a-z 0-9 - _');
export const jobParams = z.object({ jobId: id });

/** @throws RepriseError FORBIDDEN */
export function requireAccess(caller: Caller, owner: string | undefined, jobId: string): void {
  if (owner !== undefined && mayAccessJob(caller, owner)) return;
  throw new RepriseError('FORBIDDEN', `job ${jobId} belongs to someone else`, { context: { jobId } });
}
