import { compareSeeds } from '../../support/github-actions/differences';
import { importedOutcomes } from '../../support/github-actions/imported-run';
import { type CaseJob, type GithubCase, githubVerdict } from '../../support/github-actions/verdict';

const job = (key: string, needs: string[], rest: Partial<CaseJob> = {}): CaseJob => ({
  ...{ key, needs, ends: ['success'], output: '' },
  ...rest,
});

const given = (jobs: readonly CaseJob[], cancelAfter?: number): GithubCase => ({
  jobs,
  ...(cancelAfter === undefined ? {} : { cancelAfter }),
  contexts: {
    github: { ref: 'refs/heads/main', event_name: 'push' },
    vars: { A: '' },
    inputs: { flag: false },
  },
});

describe('an imported graph runs the jobs that GitHub would run', () => {
  it('whatever their conditions, and however the jobs before them end', async () => {
    const { jobs, noted, differences } = await compareSeeds(1, 300);
    expect(differences).toEqual([]);
    expect(jobs).toBeGreaterThan(600);
    expect(noted).toBeLessThan(jobs / 20);
  });

  it.each([
    [
      'a chain of skipped jobs stops all behind it',
      [job('a', [], { if: 'false' }), job('b', ['a']), job('c', ['b'])],
      'c',
      'skipped',
    ],
    [
      'success() asks all before it: a job whose only need ran is skipped where one before that was (runner issue 2205)',
      [job('a', [], { if: 'false' }), job('b', ['a'], { if: 'always()' }), job('c', ['b'])],
      'c',
      'skipped',
    ],
    [
      'failure() asks all before it, past one that succeeded',
      [
        job('a', [], { ends: ['failure'] }),
        job('b', ['a'], { if: 'always()' }),
        job('c', ['b'], { if: 'failure()' }),
      ],
      'c',
      'success',
    ],
    [
      'a skip is no failure: !failure() lets a job run',
      [job('a', [], { if: 'false' }), job('b', ['a'], { if: '!failure() && !cancelled()' })],
      'b',
      'success',
    ],
    [
      'and no success: success() || failure() does not',
      [job('a', [], { if: 'false' }), job('b', ['a'], { if: 'success() || failure()' })],
      'b',
      'skipped',
    ],
    [
      'a matrix of which one combination failed has failed',
      [
        job('a', [], { ends: ['success', 'failure'] }),
        job('b', ['a'], { if: "always() && needs.a.result == 'failure'" }),
      ],
      'b',
      'success',
    ],
    [
      'continue-on-error makes a failure a success for the jobs behind',
      [
        job('a', [], { ends: ['failure'], continueOnError: true }),
        job('b', ['a'], { if: "needs.a.result == 'success'" }),
      ],
      'b',
      'success',
    ],
    [
      'a reusable workflow whose condition does not hold is skipped, and so is what needs it',
      [job('a', [], { isVirtual: true, if: "github.ref == 'refs/heads/other'" }), job('b', ['a'])],
      'b',
      'skipped',
    ],
    [
      'a gate over the JSON of all needs fails where one failed',
      [
        job('a', [], { ends: ['failure'] }),
        job('b', ['a'], { if: "always() && contains(toJSON(needs), 'failure')" }),
      ],
      'b',
      'success',
    ],
  ])('%s', async (_, jobs, key, result) => {
    expect((await githubVerdict(given(jobs)))[key]).toEqual([result]);
    expect((await importedOutcomes(given(jobs))).outcomes[key]).toBe(result);
  });

  it('a job that allows its failure leaves the run green', async () => {
    const jobs = [job('a', [], { ends: ['failure'], continueOnError: true }), job('b', ['a'])];
    expect((await importedOutcomes(given(jobs))).status).toBe('succeeded');
  });

  it.each([
    ['always()', 'success'],
    ['cancelled()', 'success'],
    ['failure() || cancelled()', 'success'],
    ['!success()', 'success'],
    ['!cancelled()', 'cancelled'],
    ['success()', 'cancelled'],
  ])('after a cancellation: %s', async (condition, result) => {
    const case_ = given([job('a', []), job('b', ['a'], { if: condition })], 0);
    const [expected, { outcomes }] = [await githubVerdict(case_), await importedOutcomes(case_)];
    expect(expected['b']).toContain(result);
    expect(outcomes['b']).toBe(result);
  });

  it('a cancellation that no job before it tells of is seen', async () => {
    const jobs = [job('a', [], { if: 'always()' }), job('b', ['a'], { if: 'cancelled()' })];
    const { outcomes } = await importedOutcomes(given(jobs, 0));
    expect(outcomes).toEqual({ a: 'success', b: 'success' });
  });
});
