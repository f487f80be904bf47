import { createEvaluatorPool } from '../../lib/adapters/evaluator/pool';
import { firingLimits } from '../../lib/core/engine/firing-limits';
import { createKinds } from '../../lib/core/engine/kinds';
import { readEnv } from '../runtime/env';
import { once } from '../runtime/once';
import { graphs } from './objects';
import { journal, quotas } from './tables';

/** The deciders of every kind of stream, over the graphs and within the quotas of this deployment. */
export const kinds = once(() => {
  const env = readEnv('QUOTAS', 'RETRY_EXPLORE', 'DEPENDENCY_POLICIES');
  const { QUOTAS, RETRY_EXPLORE: explore, DEPENDENCY_POLICIES: policies } = env;
  const limits = firingLimits(quotas(), QUOTAS);
  return createKinds({
    journal: journal(),
    graphs: graphs(),
    random: Math.random,
    limits,
    ...(explore > 0 && { explore }),
    policies,
    conditions: createEvaluatorPool(),
  });
});
