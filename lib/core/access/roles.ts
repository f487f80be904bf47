import { SCOPES, type Scope } from './scopes';

/** What people may do by the groups of a user pool that a deployment makes; an issuer of your own has roles of its own. */
export const ROLES = {
  administrators: [SCOPES.admin, SCOPES.jobs, SCOPES.priority, SCOPES.retryCritical],
  maintainers: [SCOPES.jobs, SCOPES.priority, SCOPES.retryCritical],
  developers: [SCOPES.jobs, SCOPES.retryStandard],
} as const satisfies Readonly<Record<string, readonly Scope[]>>;
