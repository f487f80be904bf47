import { memoryConditions } from '../../../../lib/adapters/memory/conditions';
import { judge } from '../../../../lib/core/dag/condition/evaluate';
import { judgeDue, judgeEdited } from '../../../../lib/core/job/conditions';
import { jobEffects } from '../../../../lib/core/job/effects';
import type { JobEvent } from '../../../../lib/core/job/events';
import { freezeJob, thawJob } from '../../../../lib/core/job/snapshot';
import type { Judgement } from '../../../../lib/core/model/judgement';
import type { Work } from '../../../../lib/core/model/work';
import { graph, JobDriver, node, retrying } from '../../../support/job-driver';

const WITH = { with: { VERSION: 'results.build.outputs.version' } };
const given = { VERSION: '1.10' };

const readies = (events: readonly JobEvent[]) =>
  events.flatMap((event) => (event.type === 'node.ready' ? [event.data] : []));

/** What the pool is offered of the latest attempt of a node. */
function offered(job: JobDriver, nodeId: string): Work | undefined {
  const seq = job.events.length;
  const attempt = job.node(nodeId).attempt;
  const event = { type: 'node.ready', data: { nodeId, attempt }, stream: 'job/j', seq, at: 1 } as never;
  const context = { jobId: 'j', index: job.index, state: job.state, traceId: 't' };
  for (const effect of jobEffects(context, event)) {
    if (effect.kind === 'send' && effect.message.type === 'workOffered')
      return effect.message.work.work as Work;
  }
  return undefined;
}

/** `build`, and `deploy` that is given its version. */
function deployed(rest: object = {}, judgement: Judgement = { holds: true, given }): JobDriver {
  const nodes = [node('build'), node('deploy', { needs: ['build'], ...WITH, ...rest })];
  const job = new JobDriver(graph(nodes), () => judgement).submit().enterAll();
  job.succeed('build', { version: '1.10' });
  return job;
}

describe('what a node is given', () => {
  it('is journalled as it becomes ready, and comes to its command in variables', () => {
    const job = deployed();
    expect(readies(job.events.map(({ event }) => event))).toContainEqual({
      nodeId: 'deploy',
      attempt: 1,
      given,
    });
    expect(offered(job, 'deploy')).toEqual({ kind: 'command', run: 'run deploy', variables: given });
    expect(offered(job, 'build')).toBeUndefined();
  });

  it('stands beside the variables of a matrix', () => {
    const work = { kind: 'command', run: 'x', variables: { REPRISE_MATRIX_OS: 'mac' } } as const;
    expect(offered(deployed({ work }), 'deploy')?.variables).toEqual({ REPRISE_MATRIX_OS: 'mac', ...given });
  });

  it('is the same for the attempts after the first, whose events do not repeat it', () => {
    const job = deployed(retrying(2));
    job.fail('deploy');
    job.send({ type: 'timerDue', nodeId: 'deploy', attempt: 2 });
    expect(readies(job.events.map(({ event }) => event)).at(-1)).toEqual({ nodeId: 'deploy', attempt: 2 });
    expect(offered(job, 'deploy')?.variables).toEqual(given);
  });

  it('outlives a snapshot', () => {
    const { state } = deployed();
    expect(thawJob(JSON.parse(JSON.stringify(freezeJob(state))))).toEqual(state);
  });

  it('is asked for again where the node runs again', () => {
    const job = deployed();
    job.fail('deploy');
    job.send({ type: 'retry', nodes: ['deploy'], reason: 'r' });
    expect(readies(job.events.map(({ event }) => event)).at(-1)).toEqual({
      nodeId: 'deploy',
      attempt: 2,
      given,
    });
  });

  it('fails the node with its reason where it cannot be worked out', () => {
    const job = deployed({}, { error: 'with.VERSION: gives nothing' });
    expect(job.node('deploy')).toMatchObject({
      outcome: 'failed',
      reason: 'CONDITION_INVALID: with.VERSION: gives nothing',
      attempt: 0,
    });
    expect(job.state.status).toBe('failed');
  });

  it('comes to the command that undoes the node too', () => {
    const nodes = [
      node('build'),
      node('deploy', { needs: ['build'], ...WITH, compensate: 'undo' }),
      node('check', { needs: ['deploy'] }),
    ];
    const job = new JobDriver(graph(nodes, { onFailure: 'rollback' }), () => ({ holds: true, given }));
    job.submit().enterAll();
    job.succeed('build', { version: '1.10' });
    job.succeed('deploy');
    job.fail('check');
    const step = job.events.find(({ event }) => event.type === 'rollback.stepReady')?.event;
    const context = { jobId: 'j', index: job.index, state: job.state, traceId: 't' };
    const effects = jobEffects(context, { ...step, stream: 'job/j', seq: 99, at: 1 } as never);
    expect(effects).toContainEqual(
      expect.objectContaining({
        message: expect.objectContaining({
          work: expect.objectContaining({ work: expect.objectContaining({ run: 'undo', variables: given }) }),
        }),
      }),
    );
  });
});

describe('what the items of a fan-out are given', () => {
  const nodes = [
    node('build'),
    node('test', {
      needs: ['build'],
      forEach: 'results.build.outputs.suites',
      with: { URL: "results.build.outputs.base & '/' & item.name" },
    }),
  ];

  it('is asked of each with its item, and of the fan-out not at all', async () => {
    const job = new JobDriver(graph(nodes), (id) => {
      if (id === 'test') return { items: [{ name: 'api' }, { name: 'web' }] };
      return { holds: true, given: { URL: `http://x/${id}` } };
    });
    job.submit().enterAll();
    job.succeed('build', { base: 'http://x', suites: '' });
    expect(offered(job, 'test-2')?.variables).toEqual({
      REPRISE_ITEM: '{"name":"web"}',
      REPRISE_ITEM_NAME: 'web',
      URL: 'http://x/test-2',
    });
  });

  it('sees results, and the item', async () => {
    const job = new JobDriver(graph(nodes), (id) =>
      id === 'test' ? { items: [{ name: 'api' }, { name: 'web' }] } : (undefined as never),
    );
    job.submit().enterAll();
    job.succeed('build', { base: 'http://x', suites: '' });
    expect(Object.fromEntries(await judgeDue(job.index, job.state, memoryConditions))).toEqual({
      'test-1': { holds: true, given: { URL: 'http://x/api' } },
      'test-2': { holds: true, given: { URL: 'http://x/web' } },
    });
  });
});

describe('the items of a wide fan-out', () => {
  it('are asked for together, in requests of a bounded size', async () => {
    const items = Array.from({ length: 250 }, (_, i) => i);
    const wide = [node('a'), node('b', { needs: ['a'], forEach: 'x', with: { A: 'item', B: 'item' } })];
    const job = new JobDriver(graph(wide), (id) => (id === 'b' ? { items } : (undefined as never)));
    job.submit().enterAll();
    job.succeed('a');
    const asked: number[] = [];
    const judged = await judgeDue(job.index, job.state, {
      judge,
      judgeEach: (each) => {
        asked.push(each.items.length);
        return memoryConditions.judgeEach(each);
      },
    });
    expect(asked).toEqual([100, 100, 50]);
    expect(judged.size).toBe(250);
    expect(judged.get('b-250')).toEqual({ holds: true, given: { A: '249', B: '249' } });
  });
});

describe('a retry with other parameters', () => {
  const TARGET = { with: { TARGET: 'parameters.target' } };
  const inputs = { deploy: { parameters: { target: 'eu' } } };

  function waiting(): JobDriver {
    const job = deployed({ ...TARGET, ...retrying(2) }, { holds: true, given: { TARGET: 'us' } });
    job.fail('deploy');
    return job;
  }

  it('is judged anew where the node waits for its next attempt', async () => {
    const job = waiting();
    const asked = await judgeEdited(job.index, job.state, { inputs, judge });
    expect(Object.fromEntries(asked)).toEqual({ deploy: { holds: true, given: { TARGET: 'eu' } } });
    job.send({ type: 'retry', nodes: ['deploy'], reason: 'r', inputs, given: asked } as never);
    expect(offered(job, 'deploy')?.variables).toEqual({ TARGET: 'eu' });
  });

  it('is refused where nothing can be given then', async () => {
    const job = waiting();
    const asked = new Map([['deploy', { error: 'with.TARGET: gives nothing' }]]);
    const events = job.send({ type: 'retry', nodes: ['deploy'], reason: 'r', inputs, given: asked } as never);
    expect(events).toEqual([
      expect.objectContaining({
        type: 'job.retryRefused',
        data: expect.objectContaining({
          why: 'deploy cannot run with these parameters: with.TARGET: gives nothing',
        }),
      }),
    ]);
  });

  it('is seen by the variables of a node that runs again', async () => {
    const job = new JobDriver(graph([node('deploy', TARGET)]), () => undefined as never).submit().enterAll();
    job.state.nodes[0] = { ...job.state.nodes[0], edited: inputs.deploy } as never;
    expect(Object.fromEntries(await judgeDue(job.index, job.state, memoryConditions))).toEqual({
      deploy: { holds: true, given: { TARGET: 'eu' } },
    });
  });
});

function failed(job: JobDriver, n: string): void {
  const { attempt } = job.node('a');
  const failure = { kind: 'exit', message: 'no' } as const;
  job.send({ type: 'attemptFailed', nodeId: 'a', attempt, durationMs: 5, failure, outputs: { n } });
}

describe('the outputs of a node that failed for good', () => {
  it('are those of its last attempt', async () => {
    const nodes = [
      node('a', retrying(2)),
      node('b', {
        needs: ['a'],
        trigger: 'one_failed',
        with: { N: 'results.a.outputs.n', S: 'results.a.status' },
      }),
    ];
    const job = new JobDriver(graph(nodes), () => undefined as never).submit().enterAll();
    failed(job, '1');
    job.send({ type: 'timerDue', nodeId: 'a', attempt: 2 });
    failed(job, '2');
    expect(Object.fromEntries(await judgeDue(job.index, job.state, memoryConditions))).toEqual({
      b: { holds: true, given: { N: '2', S: 'failed' } },
    });
  });

  it('are none where that was lost with its worker', () => {
    const job = new JobDriver(graph([node('a', { ...retrying(2), recovery: { lost: 'park' } as never })]))
      .submit()
      .enterAll();
    failed(job, '1');
    job.send({ type: 'timerDue', nodeId: 'a', attempt: 2 });
    job.start('a');
    job.send({ type: 'attemptLost', nodeId: 'a', attempt: 2, reason: 'gone', cause: 'leaseExpired' });
    expect(job.node('a')).toMatchObject({ phase: 'final', outcome: 'failed' });
    expect(job.node('a').outputs).toBeUndefined();
  });
});
