import {
  checkRetryLimits,
  type RetryLimits,
  retryLimitsSchema,
} from '../../../../lib/core/access/retry-limits';
import { parseGraphDocument } from '../../../../lib/core/dag/parse';
import { isRepriseError } from '../../../../lib/core/errors';

const graph = parseGraphDocument({
  name: 'g',
  nodes: [
    {
      id: 'smoke',
      suite: 'api-smoke',
      retry: { strategy: 'exponential', maxAttempts: 6, maxDelay: '5m' },
      timeout: '2h',
    },
    { id: 'ui', suite: 'ui', retry: { maxAttempts: 9 } },
    { id: 'build', run: 'make', retry: { strategy: 'none', maxAttempts: 2 } },
    { id: 'once', suite: 'api-once', timeout: '1h' },
  ],
});

function problems(...limits: RetryLimits): [path: string, message: string][] {
  try {
    checkRetryLimits(graph, retryLimitsSchema.parse(limits));
  } catch (error) {
    if (!isRepriseError(error, 'RETRY_LIMITED')) throw error;
    return error.problems.map(({ path, message }) => [path, message]);
  }
  return [];
}

describe('limits of retries', () => {
  it('name what is past them, where, for whom, and what is allowed', () => {
    const limits = {
      suite: 'api-*',
      strategies: ['fixed', 'linear'],
      maxAttempts: 3,
      maxDelaySeconds: 60,
    } as const;
    expect(
      problems({
        ...limits,
        strategies: [...limits.strategies],
        maxTimeSeconds: 600,
        maxTimeoutSeconds: 3_600,
      }),
    ).toEqual([
      [
        'nodes[0].retry.strategy',
        'node smoke: strategy exponential is not allowed: use fixed or linear (limit of suite api-*)',
      ],
      [
        'nodes[0].retry.maxAttempts',
        'node smoke: 6 attempts are not allowed: lower maxAttempts to 3 (limit of suite api-*)',
      ],
      [
        'nodes[0].retry.maxDelay',
        'node smoke: a wait of 300 s is not allowed: set maxDelay to 60s or less (limit of suite api-*)',
      ],
      [
        'nodes[0].retry.maxTime',
        'node smoke: retries may not go on for longer than 600 s: set maxTime to 600s or less (limit of suite api-*)',
      ],
      [
        'nodes[0].timeout',
        'node smoke: a timeout of 7200 s is not allowed: set timeout to 3600s or less (limit of suite api-*)',
      ],
    ]);
  });

  it('are for every node where they name none, and all that are for a node hold', () => {
    expect(problems({ maxAttempts: 8 }, { node: 'b*d', maxAttempts: 1 }).map(([path]) => path)).toEqual([
      'nodes[1].retry.maxAttempts',
      'nodes[2].retry.maxAttempts',
    ]);
  });

  it('bound nothing of what they leave out, nor of whom they do not name', () => {
    expect(problems()).toEqual([]);
    expect(
      problems({ suite: 'api', maxAttempts: 1 }, { node: 'smoke', suite: 'ui', maxAttempts: 1 }),
    ).toEqual([]);
    expect(problems({ suite: 'a*i*s*k*', maxAttempts: 1 }).map(([path]) => path)).toEqual([
      'nodes[0].retry.maxAttempts',
    ]);
    expect(problems({ suite: '*smo*smoke', maxAttempts: 1 })).toEqual([]);
  });
});
