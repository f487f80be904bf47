import { createEvaluatorPool } from '../../lib/adapters/evaluator/pool';
import { firingLimits } from '../../lib/core/engine/firing-limits';
import { durationsFrom } from '../../lib/core/engine/graph-indexes';
import { evidenceFrom } from '../../lib/core/engine/history-evidence';
import { createKinds } from '../../lib/core/engine/kinds';
import { diagnose } from '../../lib/core/retry/classify/diagnose';
import { readEnv } from '../runtime/env';
import { once } from '../runtime/once';
import { logger } from '../runtime/telemetry';
import { config } from './config';
import { graphs } from './objects';
import { history, journal, quotas } from './tables';

/** The deciders of every kind of stream, over the graphs and within the quotas of this deployment. */
export const kinds = once(() => {
  const { QUOTAS } = readEnv('QUOTAS');
  const limits = firingLimits(quotas(), QUOTAS);
  return createKinds({
    journal: journal(),
    graphs: graphs(),
    random: Math.random,
    diagnose,
    limits,
    configuration: config().current,
    conditions: createEvaluatorPool(),
    durationsOf: durationsFrom(history(), logger),
    evidenceOf: evidenceFrom({ history: history(), log: logger }),
  });
});
