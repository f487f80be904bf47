import { assertNever } from '../errors';
import type { TriggerRule } from './graph';

/** How a finished dependency counts. A skip that a failure caused counts as that failure, as in Airflow. */
export type DependencyResult = 'success' | 'failure' | 'skip';

/** Rules under which a node runs because something failed, or whatever happened: `fail-fast` leaves these be. */
export function survivesFailFast(rule: TriggerRule): boolean {
  return rule === 'all_done' || rule === 'always' || rule === 'all_failed' || rule === 'one_failed';
}

/** Judged once, when every dependency is final. A node without dependencies always runs. */
export function triggerHolds(rule: TriggerRule, results: readonly DependencyResult[]): boolean {
  if (results.length === 0) return true;
  switch (rule) {
    case 'all_success':
      return results.every((r) => r === 'success');
    case 'all_done':
    case 'always':
      return true;
    case 'all_failed':
      return results.every((r) => r === 'failure');
    case 'one_success':
      return results.includes('success');
    case 'one_failed':
      return results.includes('failure');
    case 'none_failed':
      return !results.includes('failure');
    default:
      return assertNever(rule, 'trigger rule');
  }
}
