import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pc from 'picocolors';
import { parseShare, readRetryLimits } from '../../../lib/cli/options';
import { explanationText } from '../../../lib/cli/render/explanation';
import { temporaryDir } from '../../support/e2e-files';

describe('the share that explores', () => {
  it('is a quarter at most', () => {
    expect(['0', '0.05', '0.25'].map(parseShare)).toEqual([0, 0.05, 0.25]);
    for (const text of ['', '-0.1', '0.3', 'all']) expect(() => parseShare(text)).toThrow('from 0 to 0.25');
  });
});

describe('a file of limits of retries', () => {
  const file = (text: string) => {
    const path = join(temporaryDir(), 'limits.yaml');
    writeFileSync(path, text);
    return path;
  };

  it('is a list of rules, and says where it is not', async () => {
    expect(await readRetryLimits(file('- { suite: api, maxAttempts: 3 }'))).toEqual([
      { suite: 'api', maxAttempts: 3 },
    ]);
    await expect(readRetryLimits(file('- { suite: api, maxAttempts: many }'))).rejects.toThrow(
      '0.maxAttempts',
    );
    await expect(readRetryLimits(file('suite: api'))).rejects.toThrow('the list');
  });
});

describe('the explanation of a node, for a person', () => {
  it('says class, strategy, place and reason of each attempt, and what people asked for', () => {
    const at = '2026-01-01T00:00:00.000Z';
    const text = explanationText(
      {
        ...{
          job_id: 'j',
          node_id: 'api',
          outcome: 'failed',
          reason: 'no space left',
          why_not_again: 'all 2 attempts failed',
        },
        attempts: [
          {
            ...{
              attempt: 1,
              worker_id: 'w1',
              started_at: at,
              ended_at: '2026-01-01T00:00:03.000Z',
              end: 'failed',
            },
            failure: 'no space left on device',
            diagnosis: {
              class: 'infrastructure',
              confidence: 0.99,
              signature: 'a1b2',
              by: 'rule',
              why: 'ENOSPC',
            },
            next: {
              strategy: 'elsewhere',
              delay_seconds: 1.5,
              due_at: at,
              avoid: ['w1'],
              resources: { slots: 2 },
              why: 'on another worker',
            },
          },
          { attempt: 2 },
        ],
        requests: [{ at, by: 'ana', reason: 'repaired', level: 3, refused: 'not so far' }],
      },
      pc.createColors(false),
    );
    expect(text.split('\n')).toEqual([
      'api failed, 2 attempts',
      '',
      'attempt 1 on w1, 3.0 s: failed: no space left on device',
      '  class     infrastructure, 99 % sure (rule): ENOSPC',
      '  signature a1b2',
      '  then      elsewhere in 1.5 s: on another worker',
      '  avoids    w1',
      '  takes     slots 2',
      '',
      'attempt 2: not over',
      '  not again all 2 attempts failed',
      '',
      'asked for by people',
      `  ${at} ana: repaired (level 3); refused: not so far`,
      '',
    ]);
  });
});
