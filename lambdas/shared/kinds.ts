import { createEvaluatorPool } from '../../lib/adapters/evaluator/pool';
import { createKinds } from '../../lib/core/engine/kinds';
import { once } from '../runtime/once';
import { graphs } from './objects';
import { journal } from './tables';

/** The deciders of every kind of stream, over the graphs of this deployment. */
export const kinds = once(() =>
  createKinds({
    journal: journal(),
    graphs: graphs(),
    random: Math.random,
    conditions: createEvaluatorPool(),
  }),
);
