import pc from 'picocolors';
import { recoveriesText, retriesText } from '../../../../lib/cli/render/recoveries';
import type { JobRecoveries, JobRetries } from '../../../../lib/contract/recoveries';

const plain = pc.createColors(false);
const totals = { nodes: 2, retries: 2, mended: 1, given_up: 1, waited_seconds: 2, spent_seconds: 3 };
const retries: JobRetries = {
  ...{ job_id: 'j1', totals, classes: [{ class: 'network', failed: 3, mended: 1 }] },
  nodes: [
    {
      ...{ node_id: 'broken', outcome: 'failed', attempts: 2, failed: 2, lost: 0, retries: 1 },
      ...{ waited_seconds: 1, spent_seconds: 2, classes: ['network'], strategies: ['elsewhere'] },
      ...{ why_not_again: 'all 2 attempts are made' },
      policy: {
        ...{ strategy: 'fixed', max_attempts: 2, jitter: 'none' },
        ...{ initial_delay_seconds: 1, max_delay_seconds: 1 },
      },
    },
    {
      ...{ node_id: 'lost', attempts: 2, failed: 0, lost: 1, retries: 0 },
      ...{ waited_seconds: 0, spent_seconds: 0, classes: [], strategies: [] },
    },
  ],
};
const recoveries: JobRecoveries = {
  ...{ job_id: 'j1', totals: { open: 1, completed: 1, failed: 0, cancelled: 0 } },
  recoveries: [
    {
      ...{ recovery_id: 'r1', node_id: 'api', attempt: 2, cause: 'workerLost', strategy: 'reassign' },
      ...{ status: 'completed', worker_id: 'w1', why: 'w1 is silent', times: 2 },
      ...{ started_at: '2026-11-29T12:00:00.000Z', ended_at: '2026-11-29T12:00:04.200Z', took_seconds: 4.2 },
    },
    {
      ...{ recovery_id: 'r2', cause: 'workflowEnded', strategy: 'restart', status: 'open' },
      ...{ why: 'the execution was stopped', times: 1, started_at: '2026-11-29T12:01:00.000Z' },
    },
  ],
};

describe('what was tried again in a job', () => {
  it('is told of the job, its classes and its nodes', () => {
    expect(retriesText(retries, plain).split('\n')).toEqual([
      '2 retries, 2 nodes failed or lost: 1 mended, 1 given up; waited 2.0 s, failed attempts took 3.0 s',
      '  network   failed 3, mended 1',
      '',
      'broken failed, attempt 2 of 2: 2 failed; waited 1.0 s',
      '  class     network',
      '  tried     elsewhere',
      '  not again all 2 attempts are made',
      '',
      'lost is not over, attempt 2: 0 failed, 1 lost',
      '',
    ]);
  });

  it('is said to be nothing, or nothing that was asked for', () => {
    const none = { ...totals, nodes: 0 };
    expect(retriesText({ ...retries, totals: none, nodes: [] }, plain)).toBe(
      'nothing failed or was lost in job j1\n',
    );
    expect(retriesText({ ...retries, nodes: [] }, plain)).toContain('\nno node is as asked for\n');
  });
});

describe('what was recovered in a job', () => {
  it('is told as a whole, and one by one', () => {
    expect(recoveriesText(recoveries, plain).split('\n')).toEqual([
      'recoveries: 1 open, 1 completed',
      '',
      'api (attempt 2) reassign after workerLost on w1, 2 times: completed in 4.2 s',
      '  begun     2026-11-29T12:00:00.000Z',
      '  why       w1 is silent',
      '',
      'the workflow restart after workflowEnded: open',
      '  begun     2026-11-29T12:01:00.000Z',
      '  why       the execution was stopped',
      '',
    ]);
  });

  it('is said to be nothing, or nothing that was asked for', () => {
    const none = { open: 0, completed: 0, failed: 0, cancelled: 0 };
    expect(recoveriesText({ ...recoveries, totals: none, recoveries: [] }, plain)).toBe(
      'nothing had to be recovered in job j1\n',
    );
    expect(recoveriesText({ ...recoveries, recoveries: [] }, plain)).toContain('\nnone is as asked for\n');
  });
});
