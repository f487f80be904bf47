import { type DependencyResult, triggerHolds } from '../../../../lib/core/dag/trigger-rule';

const cases: [DependencyResult[], Record<string, boolean>][] = [
  [
    [],
    {
      all_success: true,
      all_done: true,
      all_failed: true,
      one_success: true,
      one_failed: true,
      none_failed: true,
    },
  ],
  [
    ['success', 'success'],
    {
      all_success: true,
      all_done: true,
      all_failed: false,
      one_success: true,
      one_failed: false,
      none_failed: true,
    },
  ],
  [
    ['success', 'failure'],
    {
      all_success: false,
      all_done: true,
      all_failed: false,
      one_success: true,
      one_failed: true,
      none_failed: false,
    },
  ],
  [
    ['failure', 'failure'],
    {
      all_success: false,
      all_done: true,
      all_failed: true,
      one_success: false,
      one_failed: true,
      none_failed: false,
    },
  ],
  [
    ['success', 'skip'],
    {
      all_success: false,
      all_done: true,
      all_failed: false,
      one_success: true,
      one_failed: false,
      none_failed: true,
    },
  ],
  [
    ['skip', 'skip'],
    {
      all_success: false,
      all_done: true,
      all_failed: false,
      one_success: false,
      one_failed: false,
      none_failed: true,
    },
  ],
];

describe.each(cases)('after %j', (results, expected) => {
  it.each(Object.entries(expected))('%s is %s', (rule, holds) => {
    expect(triggerHolds(rule as 'all_done', results)).toBe(holds);
  });
});
