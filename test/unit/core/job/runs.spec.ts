import { nextRun } from '../../../../lib/core/job/runs';

describe('the next run of a workflow', () => {
  it('follows the latest one', () => {
    expect(nextRun({ status: 'running', run: 1 })).toBe(2);
    expect(nextRun({ status: 'failed', run: 3 })).toBe(4);
  });

  it('is the first one of a job that waits', () => {
    expect(nextRun({ status: 'submitted' })).toBe(1);
  });

  it('is not the first one of a job that was cancelled before: that was stopped', () => {
    expect(nextRun({ status: 'cancelled' })).toBe(2);
  });
});
