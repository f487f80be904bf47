import { routesByFunction } from '../api/routes';

/**
 * The functions of the engine; each is the folder of `lambdas/` that exports `handler` from `handler.ts`. Those behind
 * the API are named by the routes that they serve.
 */
const API_FUNCTIONS: readonly string[] = [...routesByFunction().keys(), 'authorizer', 'worker-socket'];

const ENGINE_FUNCTIONS = [
  'job-inputs',
  'pool-inputs',
  'dependency-inputs',
  'letter-inputs',
  'redrive',
  'letter-keeper',
  'dispatch',
  'timers',
  'outbox-relay',
  'outbox-sweeper',
  'effects',
  'sweeper',
  'reconciler',
  'machine-builder',
  'machine-collector',
  'cleaner',
  'triggers',
  'rule-cleaner',
  'learner',
  'anchorer',
  'capacity-reviewer',
] as const;

/** They are there where an environment has rules of notifications. */
export const NOTIFYING_FUNCTIONS = ['target-inputs', 'notices', 'deliver'] as const;

export const FUNCTIONS: readonly string[] = [...API_FUNCTIONS, ...ENGINE_FUNCTIONS, ...NOTIFYING_FUNCTIONS];
