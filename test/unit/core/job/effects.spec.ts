import { jobEffects } from '../../../../lib/core/job/effects';
import type { JobEvent } from '../../../../lib/core/job/events';
import type { Recorded } from '../../../../lib/core/journal/envelope';
import { graph, JobDriver, node } from '../../../support/job-driver';

const SUBMISSION = {
  ...{
    type: 'submit' as const,
    graphHash: 'hash',
    owner: 'ann',
    priority: 'normal' as const,
    pool: 'default',
  },
  parameters: { customer: 'of a customer' },
};

/** The effects of the one event of this type. */
function effectsOf(driver: JobDriver, type: JobEvent['type']) {
  const { index, state, events } = driver;
  const seq = events.findIndex(({ event }) => event.type === type) + 1;
  const { event, at } = events[seq - 1]!;
  const recorded = { ...event, stream: 'job/j', seq, at } as Recorded<JobEvent>;
  return jobEffects({ jobId: 'j', index, state, traceId: 'trace' }, recorded);
}

describe('what a job publishes', () => {
  it('says which job and whose, and not what the job was told, which only its commands get', () => {
    const driver = new JobDriver(graph([node('a')]));
    driver.send(SUBMISSION);
    driver.send({ type: 'admit' });
    driver.send({ type: 'nodeEntered', nodeId: 'a' });
    const started = effectsOf(driver, 'job.admitted').find(({ kind }) => kind === 'publish');
    expect(started).toMatchObject({
      event: {
        type: 'orchestration.execution.started',
        detail: { jobId: 'j', owner: 'ann', traceId: 'trace' },
      },
    });
    expect(JSON.stringify(started)).not.toContain('customer');
    expect(JSON.stringify(effectsOf(driver, 'node.ready'))).toContain('of a customer');
  });

  it('says that its workflow was lost, while it runs', () => {
    const driver = new JobDriver(graph([node('a')]));
    driver.send(SUBMISSION);
    driver.send({ type: 'admit' });
    driver.send({ type: 'workflowEnded', status: 'failed', reason: 'States.Runtime' });
    expect(effectsOf(driver, 'job.workflowEnded')).toMatchObject([
      {
        kind: 'publish',
        event: {
          type: 'orchestration.workflow.lost',
          owner: 'ann',
          detail: { jobId: 'j', status: 'failed', reason: 'States.Runtime' },
        },
      },
    ]);
  });
});
