import { jobChanges, jobThen } from '../../../../lib/core/projections/job-changes';
import { graph, JobDriver, node, retrying } from '../../../support/job-driver';

const thenOf = ({ index, state }: JobDriver) => jobThen(index, state);

function job() {
  const driver = new JobDriver(graph([node('a', retrying(2)), node('b', { needs: ['a'] })]));
  return driver.submit().enterAll();
}

describe('a job at a point of its past', () => {
  it('is its status, its nodes by status, and each node with its attempts', () => {
    const driver = job();
    driver.start('a');
    expect(thenOf(driver)).toEqual({
      ...{ status: 'running', priority: 'normal', paused: false, graph: 'hash', run: 1 },
      counts: { running: 1, waiting: 1 },
      nodes: new Map([
        ['a', { status: 'running', attempts: 1, worker: 'w1' }],
        ['b', { status: 'waiting', attempts: 0 }],
      ]),
    });
  });
});

describe('what changed in a job', () => {
  it('is what differs of it and of each node, and nothing else', () => {
    const driver = job();
    driver.start('a');
    const before = thenOf(driver);
    driver.fail('a');
    driver.send({ type: 'reprioritise', priority: 'low' });
    expect(jobChanges(before, thenOf(driver))).toEqual({
      job: { priority: { from: 'normal', to: 'low' } },
      counts: { running: { from: 1 }, backoff: { to: 1 } },
      nodes: new Map([['a', { status: { from: 'running', to: 'backoff' } }]]),
    });
  });

  it('is nothing between a point and itself', () => {
    const then = thenOf(job());
    expect(jobChanges(then, then)).toEqual({ job: {}, counts: {}, nodes: new Map() });
  });

  it('holds nodes that came and nodes that went with another graph', () => {
    const driver = job();
    driver.fail('a');
    driver.send({ type: 'timerDue', nodeId: 'a', attempt: 2 });
    driver.fail('a');
    const before = thenOf(driver);
    driver.send(driver.resumeOver(graph([node('a'), node('c')])));
    const { nodes, job: changes } = jobChanges(before, thenOf(driver));
    expect(nodes.get('c')).toMatchObject({ status: { to: expect.any(String) } });
    expect(nodes.get('b')).toMatchObject({ status: { from: 'skipped' }, attempts: { from: 0 } });
    expect(changes).toMatchObject({ status: { from: 'failed', to: 'running' } });
  });
});
