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
  'target-inputs',
  'notices',
  'deliver',
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

export const FUNCTIONS: readonly string[] = [...API_FUNCTIONS, ...ENGINE_FUNCTIONS];
