import type { Condition, ConditionResult, EachItem, Judgement } from '../model/judgement';

/** Evaluates conditions, apart from what decides: one that never ends, or grows without end, costs its node alone. */
export interface ConditionEvaluator {
  /**
   * How the conditions of one node come out, which depends on what is given alone. What goes wrong in them is an
   * `error`, and so is one that is late or takes more memory than there is for it.
   * @throws RepriseError UPSTREAM_UNAVAILABLE when nothing can be evaluated now
   */
  readonly judge: (condition: Condition) => Promise<Judgement>;
  /** What the commands of items are given, in their order: they see the same, and each its item. As `judge` else. */
  readonly judgeEach: (items: EachItem) => Promise<readonly ConditionResult[]>;
}
