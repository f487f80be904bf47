import { judge, judgeEach } from '../../core/dag/condition/evaluate';
import type { ConditionEvaluator } from '../../core/ports/conditions';

/** Evaluates in this process, which a condition can therefore stop or end: for simulation and tests. */
export const memoryConditions: ConditionEvaluator = { judge, judgeEach };
