/** Scopes a caller's token may carry (`scope` claim, space separated). */
export const SCOPES = {
  /** Submit, read and cancel one's own jobs. */
  jobs: 'orchestration.jobs',
  /** Act on the jobs of everyone. */
  admin: 'orchestration.admin',
  /** Register as a worker and report attempts. */
  worker: 'orchestration.worker',
} as const;
export type Scope = (typeof SCOPES)[keyof typeof SCOPES];

export interface Caller {
  readonly subject: string;
  readonly scopes: readonly string[];
}

export function mayAccessJob(caller: Caller, owner: string): boolean {
  return (
    caller.scopes.includes(SCOPES.admin) || (caller.scopes.includes(SCOPES.jobs) && caller.subject === owner)
  );
}
