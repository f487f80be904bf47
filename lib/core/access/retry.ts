import type { JobType } from '../model/job-type';
import { beyondType } from '../retry/level';
import { type Caller, hasScope, isAdmin, SCOPES, type Scope } from './scopes';

/** What it takes to have a job of a type tried again; whoever may do more may do less. */
const RETRY_SCOPES: Readonly<Record<JobType, readonly [Scope, ...Scope[]]>> = {
  CRITICAL: [SCOPES.retryCritical],
  STANDARD: [SCOPES.retryStandard, SCOPES.retryCritical],
  LOW_PRIORITY: [SCOPES.retryBasic, SCOPES.retryStandard, SCOPES.retryCritical],
};

/** Why a caller may not have a job of this type tried again, at a level if one is given; undefined where they may. */
export function retryRefusal(caller: Caller, type: JobType, level?: number): string | undefined {
  const scopes = RETRY_SCOPES[type];
  if (!isAdmin(caller) && !scopes.some((scope) => hasScope(caller, scope))) {
    return `having a ${type} job tried again needs the scope ${scopes.join(' or ')}`;
  }
  return level === undefined ? undefined : beyondType(type, level);
}
