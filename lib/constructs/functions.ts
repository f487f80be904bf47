/**
 * The functions of the engine; each is the folder of `lambdas/` that exports `handler` from `handler.ts`.
 */
export const API_FUNCTIONS = [
  'submit-job',
  'list-jobs',
  'get-job',
  'get-job-events',
  'job-command',
  'get-queue',
  'change-queue',
  'register-graph',
  'get-graph',
  'manage-triggers',
  'attempt-callback',
  'register-worker',
  'worker-heartbeat',
  'worker-command',
  'authorizer',
] as const;

export const ENGINE_FUNCTIONS = [
  'job-inputs',
  'pool-inputs',
  'dispatch',
  'timers',
  'outbox-relay',
  'effects',
  'sweeper',
  'machine-builder',
  'machine-collector',
  'triggers',
] as const;

export const FUNCTIONS = [...API_FUNCTIONS, ...ENGINE_FUNCTIONS] as const;
export type FunctionName = (typeof FUNCTIONS)[number];
