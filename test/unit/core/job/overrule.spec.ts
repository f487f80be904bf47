import type { JobMessage } from '../../../../lib/core/messages/job';
import { graph, JobDriver, node } from '../../../support/job-driver';

const overruled = (nodeId: string, more: object = {}) =>
  ({ type: 'overrule', nodeId, outcome: 'succeeded', reason: 'known', by: 'ana', ...more }) as JobMessage;
const types = (events: { type: string }[]) => events.map(({ type }) => type);

/** build -> api -> report -> mail; `ui` stands apart. */
function failedApi({ onFailure = 'continue' }: { onFailure?: 'continue' | 'fail-fast' } = {}): JobDriver {
  const nodes = [
    node('build'),
    node('api', { needs: ['build'] }),
    node('report', { needs: ['api'] }),
    node('mail', { needs: ['report'] }),
    node('ui'),
  ];
  const job = new JobDriver(graph(nodes, { onFailure })).submit().enterAll();
  job.succeed('build');
  return job;
}

describe('a node that failed and that a person overrules', () => {
  it('counts as succeeded with what it is given to hand on; what was skipped because of it runs, and the job ends anew', () => {
    const job = failedApi();
    job.succeed('ui');
    job.fail('api');
    expect(job.state.status).toBe('failed');
    const events = job.send(overruled('api', { outputs: { url: 'x' } }));
    expect(types(events)).toEqual(['job.resumed', 'node.overruled', 'node.ready']);
    expect(events[0]?.data).toEqual({ nodes: ['report', 'mail'], reason: 'known', entered: true });
    expect(job.node('api')).toMatchObject({
      outcome: 'succeeded',
      outputs: { url: 'x' },
      reason: 'ana: known',
    });
    expect(job.node('api')).not.toHaveProperty('failure');
    job.succeed('report');
    job.succeed('mail');
    expect(job.state.status).toBe('succeeded');
    expect(job.events.filter(({ event }) => event.type === 'job.completed')).toHaveLength(2);
  });

  it('counts as skipped without failing what needs it: a rule that wants success is not met, one that does not is', () => {
    const nodes = [
      node('a'),
      node('b', { needs: ['a'] }),
      node('c', { needs: ['a'], trigger: 'none_failed' }),
    ];
    const job = new JobDriver(graph(nodes)).submit().enterAll();
    job.fail('a');
    job.send(overruled('a', { outcome: 'skipped' }));
    expect(job.ready()).toEqual(['c']);
    job.succeed('c');
    expect(job.outcomes()).toEqual({ a: 'skipped', b: 'skipped', c: 'succeeded' });
    expect(job.node('b')).not.toHaveProperty('failedUpstream');
    expect(job.state.status).toBe('succeeded');
  });

  it('of a job that runs changes only what waits for it', () => {
    const job = failedApi();
    job.fail('api');
    expect(types(job.send(overruled('api')))).toEqual(['job.resumed', 'node.overruled', 'node.ready']);
    expect(job.ready().sort()).toEqual(['report', 'ui'].sort());
  });

  it('that ended its job with it has the others run', () => {
    const job = failedApi({ onFailure: 'fail-fast' });
    job.start('ui');
    job.fail('api');
    job.send({
      ...{ type: 'attemptFailed', nodeId: 'ui', attempt: 1, durationMs: 1 },
      failure: { kind: 'cancelled', message: 'x' },
    });
    expect(job.state.status).toBe('failed');
    job.send(overruled('api'));
    expect(job.state.failedFastBy).toBeUndefined();
    expect(job.ready().sort()).toEqual(['report', 'ui']);
  });

  it('and was the last thing wrong ends its job at once', () => {
    const job = new JobDriver(graph([node('a')])).submit().enterAll();
    job.fail('a');
    expect(types(job.send(overruled('a')))).toEqual(['job.resumed', 'node.overruled', 'job.completed']);
    expect(job.state.status).toBe('succeeded');
  });

  it('is one item of a fan-out, which is gathered again', () => {
    const nodes = [node('each', { forEach: 'items' }), node('after', { needs: ['each'] })];
    const job = new JobDriver(graph(nodes), () => ({ items: [1, 2] })).submit().enterAll();
    job.succeed('each-1');
    job.fail('each-2');
    expect(job.state.status).toBe('failed');
    // What a fan-out comes to its items say.
    expect(job.send(overruled('each'))).toEqual([]);
    job.send(overruled('each-2'));
    expect(job.node('each')).toMatchObject({ outcome: 'succeeded' });
    expect(job.ready()).toEqual(['after']);
  });

  it('stays as it is where it did not fail, or its job was cancelled', () => {
    const job = failedApi();
    expect(job.send(overruled('build'))).toEqual([]);
    expect(job.send(overruled('nowhere'))).toEqual([]);
    expect(job.send(overruled('report'))).toEqual([]);
    job.fail('api');
    job.send({ type: 'cancel', reason: 'r' });
    expect(job.send(overruled('api'))).toEqual([]);
  });

  it('hears it once', () => {
    const job = failedApi();
    job.fail('api');
    job.send(overruled('api'));
    expect(job.send(overruled('api'))).toEqual([]);
  });
});
