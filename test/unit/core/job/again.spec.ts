import { graph, JobDriver, node, retrying } from '../../../support/job-driver';

const reason = 'the database is back';
const types = (events: { type: string }[]) => events.map(({ type }) => type);

/** build -> api, build -> ui, (api, ui) -> report; `clean` runs whatever happens. */
const shop = () =>
  graph([
    node('build'),
    node('api', { needs: ['build'], ...retrying(2) }),
    node('ui', { needs: ['build'] }),
    node('report', { needs: ['api', 'ui'] }),
    node('clean', { needs: ['report'], trigger: 'all_done' }),
  ]);

function apiFailed(): JobDriver {
  const job = new JobDriver(shop()).submit().enterAll();
  job.succeed('build');
  job.fail('api');
  return job;
}

/** Its api failed for good; with `ended`, the rest is over as well. */
function apiFailedTwice({ ended }: { ended: boolean }): JobDriver {
  const job = apiFailed();
  job.send({ type: 'timerDue', nodeId: 'api', attempt: 2 });
  job.fail('api');
  if (!ended) return job;
  job.succeed('ui');
  job.succeed('clean');
  expect(job.state.status).toBe('failed');
  return job;
}

describe('a retry that a person asks for', () => {
  it.each(['fail-fast', 'rollback'] as const)(
    'leaves what %s is stopping as it is, however often something fails meanwhile',
    (onFailure) => {
      const job = new JobDriver(graph([node('slow'), node('api')], { onFailure })).submit().enterAll();
      job.start('slow');
      for (const attempt of [2, 3]) {
        job.fail('api');
        expect(types(job.send({ type: 'retry', nodes: ['api'], reason }))).toEqual([
          'job.resumed',
          'node.ready',
        ]);
        expect(job.node('slow')).toMatchObject({ phase: 'running', attempt: 1, cancelRequested: true });
        expect(job.node('api')).toMatchObject({ phase: 'ready', attempt });
      }
      job.fail('slow', 'cancelled');
      job.succeed('api');
      expect(job.outcomes()).toEqual({ slow: 'cancelled', api: 'succeeded' });
    },
  );

  it('has what waits begin now, and the timer that was set then says nothing', () => {
    const job = apiFailed();
    expect(job.node('api').phase).toBe('backoff');
    expect(job.send({ type: 'retry', reason })).toEqual([
      { type: 'node.ready', data: { nodeId: 'api', attempt: 2 } },
    ]);
    expect(job.send({ type: 'timerDue', nodeId: 'api', attempt: 2 })).toEqual([]);
  });

  it('of an ended job runs again what failed and what was skipped because of it, with no workflow', () => {
    const job = apiFailedTwice({ ended: true });
    const [resumed, ready] = job.send({ type: 'retry', reason });
    expect(resumed).toEqual({
      type: 'job.resumed',
      data: { nodes: ['api', 'report'], reason, level: 2, entered: true },
    });
    expect(ready).toEqual({ type: 'node.ready', data: { nodeId: 'api', attempt: 3 } });
    job.succeed('api');
    job.succeed('report');
    expect(job.state.status).toBe('succeeded');
  });

  it('of a job that runs makes what still waits wait for it once more', () => {
    const job = apiFailedTwice({ ended: false });
    job.send({ type: 'retry', nodes: ['api'], reason });
    expect(job.node('api')).toMatchObject({ phase: 'ready', attempt: 3, failures: 0 });
    job.succeed('ui');
    expect(job.ready()).toEqual(['api']);
    job.succeed('api');
    expect(job.ready()).toEqual(['report']);
  });

  it('of a node that was skipped runs again what it lacks', () => {
    const job = apiFailedTwice({ ended: true });
    const [resumed] = job.send({ type: 'retry', nodes: ['report'], reason });
    expect(resumed).toMatchObject({ data: { nodes: ['api', 'report'] } });
  });

  it('leaves alone what succeeded', () => {
    const job = apiFailedTwice({ ended: true });
    expect(job.send({ type: 'retry', nodes: ['ui', 'build'], reason })).toEqual([]);
  });

  it('of one item runs that item again, and its fan-out with it', () => {
    const fan = new JobDriver(graph([node('each', { forEach: 'items' })]), () => ({ items: [1, 2, 3] }))
      .submit()
      .enterAll();
    fan.fail('each-1');
    fan.succeed('each-2');
    fan.fail('each-3');
    expect(fan.state.status).toBe('failed');
    const [resumed] = fan.send({ type: 'retry', nodes: ['each-3'], reason });
    expect(resumed).toMatchObject({ data: { nodes: ['each', 'each-3'] } });
    fan.succeed('each-3');
    expect(fan.outcomes()).toEqual({ each: 'failed' });
    fan.send({ type: 'retry', nodes: ['each'], reason });
    expect(fan.ready()).toEqual(['each-1']);
    fan.succeed('each-1');
    expect(fan.state.status).toBe('succeeded');
  });

  it('does nothing to a job that is being cancelled', () => {
    const job = apiFailed();
    job.start('ui');
    job.send({ type: 'cancel', reason: 'enough' });
    expect(job.send({ type: 'retry', reason })).toEqual([]);
  });
});

describe('a retry that is refused', () => {
  it('names a node that the job lacks', () => {
    expect(apiFailed().send({ type: 'retry', nodes: ['apy'], reason })).toEqual([
      { type: 'job.retryRefused', data: { reason, why: 'the job has no node apy', nodes: ['apy'] } },
    ]);
  });

  it('goes beyond the type of the job: what waits may begin, what failed stays so', () => {
    const lowly = new JobDriver({ ...shop(), type: 'LOW_PRIORITY' }).submit().enterAll();
    lowly.succeed('build');
    lowly.fail('api');
    expect(types(lowly.send({ type: 'retry', reason }))).toEqual(['node.ready']);
    lowly.fail('api');
    const [refused] = lowly.send({ type: 'retry', reason });
    expect(refused).toEqual({
      type: 'job.retryRefused',
      data: { reason, why: 'a LOW_PRIORITY job is tried again up to level 1, and this is level 2' },
    });
    expect(lowly.node('api').phase).toBe('final');
  });

  it('asks for a lower level than it takes, or for a higher one than there is', () => {
    const job = apiFailedTwice({ ended: true });
    const why = (level: number) => job.send({ type: 'retry', reason, level })[0]?.data;
    expect(why(1)).toMatchObject({ why: 'it takes level 2, and level 1 was asked for', level: 1 });
    expect(why(3)).toMatchObject({ why: 'a STANDARD job is tried again up to level 2, and this is level 3' });
  });

  it('comes once too often, which only a critical job may', () => {
    for (const [type, outcome] of [
      ['STANDARD', 'job.retryRefused'],
      ['CRITICAL', 'job.resumed'],
    ] as const) {
      const job = new JobDriver(graph([node('a')], { type })).submit().enterAll();
      job.fail('a');
      for (let i = 0; i < 3; i++) {
        job.send({ type: 'retry', reason });
        job.fail('a');
      }
      expect(job.send({ type: 'retry', reason })[0]?.type).toBe(outcome);
    }
  });

  it('by the API is in the journal of the job, whatever becomes of it', () => {
    const job = apiFailedTwice({ ended: true });
    const why = 'this needs the scope orchestration.retry.standard';
    expect(job.send({ type: 'retryRefused', reason, why })).toEqual([
      { type: 'job.retryRefused', data: { reason, why } },
    ]);
  });
});
