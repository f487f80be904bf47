import { nodeById } from '../../../../lib/core/job/nodes';
import { DEFAULT_RECOVERY } from '../../../../lib/core/model/recovery';
import { graph, JobDriver, node, retrying } from '../../../support/job-driver';

const types = (events: { type: string }[]) => events.map((event) => event.type);

describe('a job', () => {
  it('is admitted once, and starts nothing before the workflow enters a node', () => {
    const job = new JobDriver(graph([node('a')])).submit();
    expect(job.state.status).toBe('running');
    expect(job.send({ type: 'admit' })).toEqual([]);
    expect(job.ready()).toEqual([]);
  });

  it('runs a node in five events from entry to outcome', () => {
    const job = new JobDriver(graph([node('a'), node('b', { needs: ['a'] })])).submit().enterAll();
    const before = job.events.length;
    job.start('a');
    job.succeed('a');
    const ofA = job.events.filter(({ event }) => 'nodeId' in event.data && event.data.nodeId === 'a');
    expect(types(ofA.map(({ event }) => event))).toEqual([
      'node.entered',
      'node.ready',
      'attempt.started',
      'attempt.succeeded',
      'node.completed',
    ]);
    expect(before).toBeLessThan(job.events.length);
  });

  it('holds an entered node until all it needs is final', () => {
    const job = new JobDriver(graph([node('a'), node('b'), node('c', { needs: ['a', 'b'] })]))
      .submit()
      .enterAll();
    expect(job.ready()).toEqual(['a', 'b']);
    job.succeed('a');
    expect(job.ready()).toEqual(['b']);
    job.succeed('b');
    expect(job.ready()).toEqual(['c']);
    expect(types(job.succeed('c')).at(-1)).toBe('job.completed');
    expect(job.state.status).toBe('succeeded');
  });

  it('journals progress in whole steps, a hundred at most, however often it is reported', () => {
    const job = new JobDriver(graph([node('a')])).submit().enterAll();
    job.start('a');
    const report = (percentage: number) =>
      job.send({ type: 'attemptProgressed', nodeId: 'a', attempt: 1, percentage });
    const events = Array.from({ length: 5_000 }, (_, i) => report((i + 1) / 50)).flat();
    expect(events).toHaveLength(100);
    expect(report(99.9)).toEqual([]);
  });

  it('accepts a completion whose start never arrived', () => {
    const job = new JobDriver(graph([node('a')])).submit().enterAll();
    job.succeed('a');
    expect(job.state.status).toBe('succeeded');
  });

  it.each(['succeeded', 'failed'] as const)(
    'knows the worker of an attempt that %s before its start was heard of, and ignores the start after that',
    (outcome) => {
      const job = new JobDriver(graph([node('a')])).submit().enterAll();
      const failure = { kind: 'exit', message: 'exit 1' } as const;
      const ref = { nodeId: 'a', attempt: 1, workerId: 'w1', durationMs: 5 };
      const events = job.send(
        outcome === 'succeeded'
          ? { type: 'attemptSucceeded', ...ref, outputs: {} }
          : { type: 'attemptFailed', ...ref, failure },
      );
      expect(types(events).slice(0, 3)).toEqual(['attempt.started', `attempt.${outcome}`, 'node.completed']);
      expect(job.state.nodes[0]).toMatchObject({ workerId: 'w1', outcome });
      expect(job.send({ type: 'attemptStarted', nodeId: 'a', attempt: 1, workerId: 'w1' })).toEqual([]);
    },
  );

  it('answers a node that fail-fast ended when the workflow enters it after the job is over', () => {
    const job = new JobDriver(
      graph([node('a'), node('b', { needs: ['a'] })], { onFailure: 'fail-fast' }),
    ).submit();
    job.send({ type: 'nodeEntered', nodeId: 'a', token: 't1' });
    job.fail('a');
    expect(job.state.status).toBe('failed');
    expect(types(job.send({ type: 'nodeEntered', nodeId: 'b', token: 't2' }))).toEqual(['node.entered']);
    expect(job.node('b').token).toBe('t2');
  });
});

describe('a failed attempt', () => {
  it('is retried after the backoff, and the budget ends it', () => {
    const job = new JobDriver(graph([node('a', retrying(3))])).submit().enterAll();
    const [, scheduled] = job.fail('a');
    expect(scheduled).toMatchObject({
      type: 'node.retryScheduled',
      data: { nodeId: 'a', attempt: 2, delayMs: 100, dueAt: 1_100 },
    });
    expect(job.ready()).toEqual([]);
    job.send({ type: 'timerDue', nodeId: 'a', attempt: 2 });
    expect(job.node('a')).toMatchObject({ phase: 'ready', attempt: 2 });
    expect(job.fail('a')[1]).toMatchObject({ data: { attempt: 3, delayMs: 200 } });
    job.send({ type: 'timerDue', nodeId: 'a', attempt: 3 });
    job.fail('a');
    expect(job.node('a')).toMatchObject({ outcome: 'failed', attempt: 3, reason: 'exit!' });
    expect(job.state.status).toBe('failed');
  });

  it('is not retried twice when its report arrives twice', () => {
    const job = new JobDriver(graph([node('a', retrying(3))])).submit().enterAll();
    job.fail('a');
    expect(job.fail('a')).toEqual([]);
    expect(job.node('a').failures).toBe(1);
  });

  it('spends no budget when the worker was lost', () => {
    const job = new JobDriver(graph([node('a', retrying(1))])).submit().enterAll();
    job.send({ type: 'attemptLost', nodeId: 'a', attempt: 1, reason: 'node lost' });
    expect(job.node('a')).toMatchObject({ phase: 'ready', attempt: 2, failures: 0 });
  });

  it('spends no budget when the worker gave it back unasked', () => {
    const job = new JobDriver(graph([node('a', retrying(1))])).submit().enterAll();
    job.fail('a', 'cancelled');
    expect(job.node('a')).toMatchObject({ phase: 'ready', attempt: 2, failures: 0 });
  });

  it('gives up a node under which workers keep dying', () => {
    const job = new JobDriver(graph([node('a')])).submit().enterAll();
    for (let attempt = 1; attempt <= DEFAULT_RECOVERY.losses; attempt++) {
      job.send({ type: 'attemptLost', nodeId: 'a', attempt, reason: 'node lost' });
    }
    expect(job.node('a')).toMatchObject({ outcome: 'failed' });
  });

  it('of an attempt that was retried changes nothing', () => {
    const job = new JobDriver(graph([node('a', retrying(2))])).submit().enterAll();
    job.fail('a');
    job.send({ type: 'timerDue', nodeId: 'a', attempt: 2 });
    const late = { type: 'attemptSucceeded', nodeId: 'a', attempt: 1, durationMs: 1, outputs: {} } as const;
    expect(job.send(late)).toEqual([]);
  });
});

describe('skipping', () => {
  it('says which dependency failed, and passes the failure on to none_failed below it', () => {
    const job = new JobDriver(
      graph([node('a'), node('b', { needs: ['a'] }), node('c', { needs: ['b'], trigger: 'none_failed' })]),
    )
      .submit()
      .enterAll();
    job.fail('a');
    expect(job.node('b')).toMatchObject({
      outcome: 'skipped',
      reason: 'all_success does not hold: a failed',
    });
    expect(job.outcomes()).toMatchObject({ c: 'skipped' });
    expect(job.state.status).toBe('failed');
  });

  it('by a false condition lets none_failed merge the branches again', () => {
    const conditions = (id: string) => ({ holds: id !== 'left' });
    const job = new JobDriver(
      graph([
        node('start'),
        node('left', { needs: ['start'], when: 'false' }),
        node('right', { needs: ['start'], when: 'true' }),
        node('merge', { needs: ['left', 'right'], trigger: 'none_failed' }),
        node('strict', { needs: ['left', 'right'] }),
      ]),
      conditions,
    )
      .submit()
      .enterAll();
    job.succeed('start');
    job.succeed('right');
    job.succeed('merge');
    expect(job.outcomes()).toEqual({
      start: 'succeeded',
      left: 'skipped',
      right: 'succeeded',
      merge: 'succeeded',
      strict: 'skipped',
    });
    expect(job.state.status).toBe('succeeded');
  });

  it('does not happen when a condition fails to evaluate: the node fails and says why', () => {
    const job = new JobDriver(graph([node('a', { when: 'boom' })]), () => ({
      error: 'when: no such function',
    }))
      .submit()
      .enterAll();
    expect(job.node('a')).toMatchObject({
      outcome: 'failed',
      reason: 'CONDITION_INVALID: when: no such function',
    });
  });
});

describe('outputs of a failed attempt', () => {
  const failWith = (job: JobDriver, outputs?: Record<string, string>) =>
    job.send({
      type: 'attemptFailed',
      nodeId: 'a',
      attempt: job.node('a').attempt,
      durationMs: 5,
      failure: { kind: 'exit', message: 'no' },
      ...(outputs && { outputs }),
    });

  it('are those of the node, until another attempt ends', () => {
    const job = new JobDriver(graph([node('a', retrying(3))])).submit().enterAll();
    failWith(job, { failed: 'login' });
    expect(job.node('a').outputs).toEqual({ failed: 'login' });
    job.send({ type: 'timerDue', nodeId: 'a', attempt: 2 });
    failWith(job);
    expect(job.node('a').outputs).toBeUndefined();
    job.send({ type: 'timerDue', nodeId: 'a', attempt: 3 });
    failWith(job, { failed: 'cart' });
    expect(job.node('a')).toMatchObject({ outcome: 'failed', outputs: { failed: 'cart' } });
  });
});

describe('a node that always runs', () => {
  const cleaned = (rest = {}) =>
    new JobDriver(
      graph(
        [
          node('a'),
          node('b', { needs: ['a'] }),
          node('clean', { needs: ['a', 'b'], trigger: 'always', ...rest }),
        ],
        { onFailure: 'fail-fast' },
      ),
    )
      .submit()
      .enterAll();

  it('waits for what it needs, and runs after a cancellation', () => {
    const job = cleaned();
    job.start('a');
    job.send({ type: 'cancel', reason: 'enough' });
    expect(job.outcomes()).toEqual({ a: undefined, b: 'cancelled', clean: undefined });
    expect(job.ready()).toEqual([]);
    job.fail('a', 'cancelled');
    expect(job.ready()).toEqual(['clean']);
    job.succeed('clean');
    expect(job.outcomes()).toEqual({ a: 'cancelled', b: 'cancelled', clean: 'succeeded' });
    expect(job.state.status).toBe('cancelled');
  });

  it('runs when the workflow comes to it only after the cancellation', () => {
    const job = new JobDriver(
      graph([node('a'), node('clean', { needs: ['a'], trigger: 'always' })]),
    ).submit();
    job.send({ type: 'nodeEntered', nodeId: 'a' });
    job.send({ type: 'cancel', reason: 'enough' });
    job.fail('a', 'cancelled');
    expect(job.state.status).toBe('running');
    job.send({ type: 'nodeEntered', nodeId: 'clean' });
    expect(job.ready()).toEqual(['clean']);
    job.succeed('clean');
    expect(job.state.status).toBe('cancelled');
  });

  it('runs after the deadline', () => {
    const job = cleaned();
    job.start('a');
    job.send({ type: 'deadlineDue' });
    job.fail('a', 'cancelled');
    job.succeed('clean');
    expect(job.node('clean')).toMatchObject({ outcome: 'succeeded' });
    expect(job.state.status).toBe('failed');
  });

  it('runs after fail-fast', () => {
    const job = cleaned();
    job.fail('a');
    expect(job.ready()).toEqual(['clean']);
  });

  it('goes on when the job is cancelled while it runs, retries included', () => {
    const job = cleaned(retrying(2));
    job.succeed('a');
    job.succeed('b');
    job.start('clean');
    expect(types(job.send({ type: 'cancel', reason: 'enough' }))).toEqual(['job.cancelRequested']);
    job.fail('clean');
    job.send({ type: 'timerDue', nodeId: 'clean', attempt: 2 });
    job.succeed('clean');
    expect(job.state.status).toBe('succeeded');
  });

  it('is not held back by a pause when the job is cancelled', () => {
    const job = cleaned();
    job.send({ type: 'pause', reason: 'later' });
    expect(types(job.send({ type: 'cancel', reason: 'enough' }))).toContain('job.unpaused');
    expect(job.state.paused).toBeUndefined();
  });

  it('is judged by its condition then as ever', () => {
    const job = new JobDriver(
      graph([node('a'), node('clean', { needs: ['a'], trigger: 'always', when: 'false' })]),
      () => ({ holds: false }),
    )
      .submit()
      .enterAll();
    job.start('a');
    job.send({ type: 'cancel', reason: 'enough' });
    job.fail('a', 'cancelled');
    expect(job.outcomes()).toEqual({ a: 'cancelled', clean: 'skipped' });
  });
});

describe('fail-fast', () => {
  it('cancels what waits, stops what runs, and still runs the clean-up', () => {
    const job = new JobDriver(
      graph(
        [
          node('a'),
          node('b'),
          node('c', { needs: ['b'] }),
          node('clean', { needs: ['a', 'b', 'c'], trigger: 'all_done' }),
        ],
        { onFailure: 'fail-fast' },
      ),
    )
      .submit()
      .enterAll();
    job.start('b');
    expect(types(job.fail('a'))).toContain('attempt.cancelRequested');
    expect(job.node('c')).toMatchObject({ outcome: 'cancelled', reason: 'fail-fast: a failed' });
    job.fail('b', 'cancelled');
    expect(job.ready()).toEqual(['clean']);
    job.succeed('clean');
    expect(job.state.status).toBe('failed');
    expect(job.outcomes()).toMatchObject({ a: 'failed', b: 'cancelled', clean: 'succeeded' });
  });
});

describe('cancelling', () => {
  it('ends what waits at once and what runs when it has stopped', () => {
    const job = new JobDriver(graph([node('a'), node('b', { needs: ['a'] })])).submit().enterAll();
    job.start('a');
    job.send({ type: 'cancel', reason: 'enough' });
    expect(job.outcomes()).toEqual({ a: undefined, b: 'cancelled' });
    expect(job.send({ type: 'cancel', reason: 'again' })).toEqual([]);
    job.fail('a', 'cancelled');
    expect(job.state.status).toBe('cancelled');
    expect(job.node('a')).toMatchObject({ reason: 'enough' });
  });

  it('ends a node that waits for its retry', () => {
    const job = new JobDriver(graph([node('a', retrying(3))])).submit().enterAll();
    job.fail('a');
    job.send({ type: 'cancel', reason: 'enough' });
    expect(job.state.status).toBe('cancelled');
    expect(job.send({ type: 'timerDue', nodeId: 'a', attempt: 2 })).toEqual([]);
  });

  it('settles when it follows a fail-fast that already stopped the same attempt', () => {
    const job = new JobDriver(graph([node('a'), node('b')], { onFailure: 'fail-fast' })).submit().enterAll();
    job.start('b');
    job.fail('a');
    job.send({ type: 'cancel', reason: 'enough' });
    job.send({ type: 'attemptLost', nodeId: 'b', attempt: 1, reason: 'node lost' });
    expect(job.state.status).toBe('cancelled');
  });

  it('too late to stop anything changes nothing', () => {
    const job = new JobDriver(graph([node('a')])).submit().enterAll();
    job.start('a');
    job.send({ type: 'cancel', reason: 'enough' });
    job.succeed('a');
    expect(job.state.status).toBe('succeeded');
  });

  it('before admission leaves nothing to run', () => {
    const job = new JobDriver(graph([node('a'), node('clean', { needs: ['a'], trigger: 'always' })]));
    job.send({ type: 'submit', graphHash: 'hash', owner: 'ana', priority: 'normal', pool: 'default' });
    job.send({ type: 'cancel', reason: 'enough' });
    expect(job.state.status).toBe('cancelled');
    expect(job.send({ type: 'admit' })).toEqual([]);
  });
});

describe('resuming', () => {
  it('runs again what failed and what was skipped because of it, with a fresh budget, and nothing else', () => {
    const job = new JobDriver(
      graph([
        node('a'),
        node('b', retrying(1)),
        node('c', { needs: ['b'] }),
        node('d', { needs: ['a', 'c'] }),
      ]),
    )
      .submit()
      .enterAll();
    job.succeed('a');
    job.fail('b');
    expect(job.state.status).toBe('failed');
    expect(job.send({ type: 'resume', reason: 'fixed' })[0]).toMatchObject({
      data: { nodes: ['b', 'c', 'd'] },
    });
    job.enterAll();
    expect(job.ready()).toEqual(['b']);
    expect(job.node('b')).toMatchObject({ attempt: 2, failures: 0 });
    for (const id of ['b', 'c', 'd']) job.succeed(id);
    expect(job.state.status).toBe('succeeded');
    const readyA = job.events.filter(({ event }) => event.type === 'node.ready' && event.data.nodeId === 'a');
    expect(readyA).toHaveLength(1);
  });

  it('of a job that succeeded changes nothing', () => {
    const job = new JobDriver(graph([node('a')])).submit().enterAll();
    job.succeed('a');
    expect(job.send({ type: 'resume', reason: 'again' })).toEqual([]);
  });

  it('of a live job is journalled and changes nothing', () => {
    const job = new JobDriver(graph([node('a')])).submit().enterAll();
    expect(job.send({ type: 'resume', reason: 'process died' })).toEqual([
      { type: 'job.resumed', data: { nodes: [], reason: 'process died' } },
    ]);
    expect(job.ready()).toEqual(['a']);
  });
});

describe('a fan-out', () => {
  const files = ['a.ts', "it's b.ts"];
  const judge = (items: unknown[]) => (id: string) => (id === 'test' ? { items } : { holds: true });
  const fanOut = (items: unknown[], rest = {}) =>
    new JobDriver(
      graph([
        node('list'),
        node('test', {
          needs: ['list'],
          forEach: 'results.list.outputs.files',
          work: { kind: 'command', run: 'run {{ item }} {{ index1 }}/{{ total }}' },
          ...rest,
        }),
        node('merge', { needs: ['test'] }),
      ]),
      judge(items),
    )
      .submit()
      .enterAll();

  it('becomes one node an item, and is done when they are', () => {
    const job = fanOut(files);
    job.succeed('list');
    expect(job.ready()).toEqual(['test-1', 'test-2']);
    job.succeed('test-2');
    expect(job.ready()).toEqual(['test-1']);
    job.succeed('test-1');
    expect(job.node('test')).toMatchObject({ outcome: 'succeeded' });
    job.succeed('merge');
    expect(job.state.status).toBe('succeeded');
  });

  it('hands the item to the command as a variable, to which the placeholder refers', () => {
    const job = fanOut(files);
    job.succeed('list');
    const runs = ['test-1', 'test-2'].map((id) => nodeById(job.index, job.state, id)?.spec.work);
    expect(runs).toEqual([
      { kind: 'command', run: 'run "${REPRISE_ITEM?}" 1/2', variables: { REPRISE_ITEM: 'a.ts' } },
      { kind: 'command', run: 'run "${REPRISE_ITEM?}" 2/2', variables: { REPRISE_ITEM: "it's b.ts" } },
    ]);
  });

  it('gives the fields of an item by name', () => {
    const job = fanOut([{ name: 'api', n: 3 }], {
      work: { kind: 'command', run: 'run {{ item.name }} {{ item.n }}' },
    });
    job.succeed('list');
    expect(nodeById(job.index, job.state, 'test-1')?.spec.work).toEqual({
      kind: 'command',
      run: 'run "${REPRISE_ITEM_NAME?}" "${REPRISE_ITEM_N?}"',
      variables: { REPRISE_ITEM: '{"name":"api","n":3}', REPRISE_ITEM_NAME: 'api', REPRISE_ITEM_N: '3' },
    });
  });

  it('names the suite of an item, which gets the variables too', () => {
    const job = fanOut(['api'], { work: { kind: 'suite', suite: '{{ item }}-smoke-{{ index1 }}' } });
    job.succeed('list');
    expect(nodeById(job.index, job.state, 'test-1')?.spec.work).toEqual({
      kind: 'suite',
      suite: 'api-smoke-1',
      variables: { REPRISE_ITEM: 'api' },
    });
  });

  it('over nothing is skipped', () => {
    const job = fanOut([]);
    job.succeed('list');
    expect(job.outcomes()).toEqual({ list: 'succeeded', test: 'skipped', merge: 'skipped' });
    expect(job.node('test')).toMatchObject({ reason: 'forEach gives no items' });
  });

  it('fails when an item has used up its retries, after every item has ended', () => {
    const job = fanOut(files, retrying(2));
    job.succeed('list');
    job.fail('test-1');
    job.send({ type: 'timerDue', nodeId: 'test-1', attempt: 2 });
    job.fail('test-1');
    expect(job.node('test').phase).toBe('expanded');
    job.succeed('test-2');
    expect(job.node('test')).toMatchObject({ outcome: 'failed', reason: '1 of 2 items failed' });
  });

  it('is cancelled with its items', () => {
    const job = fanOut(files);
    job.succeed('list');
    job.send({ type: 'cancel', reason: 'enough' });
    job.fail('test-1', 'cancelled');
    job.fail('test-2', 'cancelled');
    expect(job.outcomes()).toEqual({ list: 'succeeded', test: 'cancelled', merge: 'cancelled' });
    expect(job.state.status).toBe('cancelled');
  });

  it('resumes the items that failed and no others', () => {
    const job = fanOut(files);
    job.succeed('list');
    job.succeed('test-1');
    job.fail('test-2');
    expect(job.state.status).toBe('failed');
    job.send({ type: 'resume', reason: 'fixed' });
    job.enterAll();
    expect(job.ready()).toEqual(['test-2']);
    job.succeed('test-2');
    job.succeed('merge');
    expect(job.state.status).toBe('succeeded');
  });
});

describe('a late report', () => {
  it('of an attempt that was given up is journalled once and changes nothing', () => {
    const job = new JobDriver(graph([node('a')])).submit().enterAll();
    job.send({ type: 'attemptLost', nodeId: 'a', attempt: 1, reason: 'node lost' });
    const late = { type: 'attemptSucceeded', nodeId: 'a', attempt: 1, durationMs: 1, outputs: {} } as const;
    expect(job.send(late)).toEqual([
      { type: 'attempt.ignored', data: { nodeId: 'a', attempt: 1, report: 'succeeded' } },
    ]);
    expect(job.send(late)).toEqual([]);
    expect(job.node('a')).toMatchObject({ phase: 'ready', attempt: 2 });
  });
});

describe('a deadline', () => {
  it('ends the job as failed, and what runs with it', () => {
    const job = new JobDriver(graph([node('a'), node('b', { needs: ['a'] })])).submit().enterAll();
    job.start('a');
    expect(types(job.send({ type: 'deadlineDue' }))).toContain('attempt.cancelRequested');
    job.fail('a', 'cancelled');
    expect(job.state.status).toBe('failed');
    expect(job.node('b')).toMatchObject({
      outcome: 'cancelled',
      reason: 'the deadline of the job has passed',
    });
  });

  it('does not end a job that somebody had go on after it, however often it is said', () => {
    const job = new JobDriver(graph([node('a')]));
    job.submit({ deadlineAt: 1_000 }).enterAll();
    job.start('a');
    job.now = 1_000;
    job.send({ type: 'deadlineDue' });
    job.fail('a', 'cancelled');
    expect(job.state.status).toBe('failed');
    job.now = 2_000;
    job.send({ type: 'retry', nodes: ['a'], reason: 'mended' });
    expect(job.state.status).toBe('running');
    expect(job.send({ type: 'deadlineDue' })).toEqual([]);
  });

  it('ends a job that is taken up after it, as its process had died', () => {
    const job = new JobDriver(graph([node('a')]));
    job.submit({ deadlineAt: 1_000 }).enterAll();
    job.now = 2_000;
    job.send({ type: 'resume', reason: 'process died' });
    job.send({ type: 'deadlineDue' });
    expect(job.state.cancelReason).toBe('the deadline of the job has passed');
  });

  it('that passes after the end changes nothing', () => {
    const job = new JobDriver(graph([node('a')])).submit().enterAll();
    job.succeed('a');
    expect(job.send({ type: 'deadlineDue' })).toEqual([]);
  });
});

describe('pausing', () => {
  it('is journalled once, and undone once', () => {
    const job = new JobDriver(graph([node('a')])).submit().enterAll();
    expect(types(job.send({ type: 'pause', reason: 'look' }))).toEqual(['job.paused']);
    expect(job.send({ type: 'pause', reason: 'look' })).toEqual([]);
    expect(types(job.send({ type: 'unpause', reason: 'go on' }))).toEqual(['job.unpaused']);
    expect(job.send({ type: 'unpause', reason: 'go on' })).toEqual([]);
  });
});

describe('a workflow that ends by itself', () => {
  const ended = { type: 'workflowEnded', status: 'aborted', reason: 'stopped by a person' } as const;

  it('while its job runs is journalled once, and changes nothing of what runs', () => {
    const job = new JobDriver(graph([node('a'), node('b', { needs: ['a'] })])).submit();
    job.send({ type: 'nodeEntered', nodeId: 'a' });
    job.start('a');
    expect(job.send(ended)[0]).toEqual({
      type: 'job.workflowEnded',
      data: { status: 'aborted', reason: 'stopped by a person', run: 1 },
    });
    expect(job.node('a').phase).toBe('running');
    expect(job.send({ ...ended, status: 'failed' })).toEqual([]);
  });

  it('before its job is admitted, or after it is over, is of no consequence', () => {
    const job = new JobDriver(graph([node('a')])).submit().enterAll();
    job.succeed('a');
    expect(job.send(ended)).toEqual([]);
    expect(new JobDriver(graph([node('a')])).send(ended)).toEqual([]);
  });

  it('is forgotten when its job is resumed, whose workflow begins anew', () => {
    const job = new JobDriver(graph([node('a')])).submit().enterAll();
    job.send(ended);
    job.fail('a');
    job.send({ type: 'resume', reason: 'again' });
    expect(job.state.status).toBe('running');
    expect(job.state.workflowEnded).toBeUndefined();
    expect(job.send(ended)).toEqual([]);
    expect(types(job.send({ ...ended, run: 2 }))).toEqual(['job.workflowEnded', 'recovery.initiated']);
  });
});
