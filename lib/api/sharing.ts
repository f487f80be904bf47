import { type Caller, isAdmin } from '../core/access/scopes';
import { tenantOf } from '../core/access/tenant';
import { RepriseError } from '../core/errors';
import { LIMITS } from '../core/limits';
import type { Held } from '../core/model/held';
import { invalidInput } from './route';

/**
 * Whoever has a job says who else may use it: a user of the same tenant. That a job is shared already is no fault.
 * @throws RepriseError FORBIDDEN, INPUT_INVALID
 */
export function requireShare(caller: Caller, job: Held, user: string): void {
  requireHolder(caller, job);
  const { owner, sharedWith = [] } = job;
  if (user === owner) throw invalidInput('user', `${user} is the owner of the job: name somebody else`);
  if (caller.tenant !== undefined && tenantOf(user) !== tenantOf(owner)) {
    throw invalidInput('user', `name a user of the tenant ${tenantOf(owner)}, as ${tenantOf(owner)}/NAME`);
  }
  if (sharedWith.includes(user) || sharedWith.length < LIMITS.sharedWith) return;
  throw invalidInput(
    'user',
    `the job is shared with ${LIMITS.sharedWith} users, which is the most: unshare it first`,
  );
}

/** Everybody may give up a share of their own. @throws RepriseError FORBIDDEN */
export function requireUnshare(caller: Caller, job: Held, user: string): void {
  if (user !== caller.subject) requireHolder(caller, job);
}

function requireHolder(caller: Caller, { owner }: Held): void {
  if (caller.subject === owner || isAdmin(caller)) return;
  throw new RepriseError('FORBIDDEN', 'only the owner of a job and administrators say who else may use it');
}
