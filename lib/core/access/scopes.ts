import type { Held } from '../model/held';

/** Scopes a caller's token may carry (`scope` claim, space separated). */
export const SCOPES = {
  /** Submit, read and cancel one's own jobs. */
  jobs: 'orchestration.jobs',
  /** Let one's own jobs go before those of others: `critical`, and raising a priority. */
  priority: 'orchestration.priority',
  /** Have one's own jobs tried again: those of low priority, those of standard type too, critical ones too. */
  retryBasic: 'orchestration.retry.basic',
  retryStandard: 'orchestration.retry.standard',
  retryCritical: 'orchestration.retry.critical',
  /** Act on the jobs and triggers of everyone. */
  admin: 'orchestration.admin',
  /** Register as a worker and report attempts; `orchestration.worker:POOL` for one pool only. */
  worker: 'orchestration.worker',
} as const;
export type Scope = (typeof SCOPES)[keyof typeof SCOPES];

export interface Caller {
  /** Who it is, and owns what they make; behind their tenant, where there is one. */
  readonly subject: string;
  /** Where the deployment has tenants: that of the caller. */
  readonly tenant?: string;
  readonly scopes: readonly string[];
}

/** Whether a token carries a scope. That of a worker may be for one pool: which one, `mayServe` asks. */
export function hasScope({ scopes }: Caller, wanted: Scope): boolean {
  if (scopes.includes(wanted)) return true;
  return wanted === SCOPES.worker && scopes.some((scope) => scope.startsWith(`${SCOPES.worker}:`));
}

/** Whether a worker may join a pool. */
export function mayServe({ scopes }: Caller, pool: string): boolean {
  return scopes.includes(SCOPES.worker) || scopes.includes(`${SCOPES.worker}:${pool}`);
}

export const isAdmin = (caller: Caller): boolean => hasScope(caller, SCOPES.admin);

/** Whether a caller may see and change what somebody has. */
export function mayAccess(caller: Caller, { owner, sharedWith = [] }: Held): boolean {
  if (isAdmin(caller)) return true;
  const isIn = caller.subject === owner || sharedWith.includes(caller.subject);
  return isIn && hasScope(caller, SCOPES.jobs);
}
