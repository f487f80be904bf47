import { jobEffects } from '../../../../lib/core/job/effects';
import type { JobEvent } from '../../../../lib/core/job/events';
import type { Recorded } from '../../../../lib/core/journal/envelope';
import type { Effect } from '../../../../lib/core/messages/effect';
import { type LetterMessage, letterGroup, letterIdOf } from '../../../../lib/core/messages/letter';
import type { Diagnosis } from '../../../../lib/core/model/failure';
import { graph, JobDriver, node } from '../../../support/job-driver';

const diagnosisOf = (signature: string): Diagnosis => ({
  // What no other try mends is given up at once, also of what undoes a node.
  class: signature.startsWith('s-') ? 'configuration' : 'network',
  ...{ confidence: 0.9, by: 'rule', why: 'refused', signature },
});

/** What the events of a job say to letters, seen from its state now. */
function told(job: JobDriver, from = 0): { group: string; message: LetterMessage }[] {
  const { index, state } = job;
  const effects = job.events.slice(from).flatMap(({ event, at }, i): Effect[] => {
    const recorded = { ...event, stream: 'job/j', seq: from + i + 1, at } as Recorded<JobEvent>;
    return jobEffects({ jobId: 'j', index, state, traceId: 't' }, recorded);
  });
  return effects.flatMap((effect) =>
    effect.kind === 'send' && effect.to.kind === 'letter'
      ? [{ group: effect.to.id, message: effect.message as LetterMessage }]
      : [],
  );
}

function failing(job: JobDriver, nodeId: string, signature?: string): void {
  const { attempt } = job.node(nodeId);
  job.now += 10;
  job.send({
    ...{ type: 'attemptFailed', nodeId, attempt, durationMs: 5, workerId: 'w1' },
    failure: { kind: 'exit', message: 'connect ECONNREFUSED' },
    ...(signature ? { diagnosis: diagnosisOf(signature) } : {}),
  });
}

const started = (nodes = [node('a'), node('b', { needs: ['a'] })]) =>
  new JobDriver(graph(nodes)).submit().enterAll();
const letterId = letterIdOf('node', 'j', 'a');
const again = { type: 'retry', nodes: ['a'], reason: 'mended' } as const;

describe('a node that failed for good', () => {
  it('is parked with what it said, in the group of its owner and signature; what was skipped is not', () => {
    const job = started();
    failing(job, 'a', 's1');
    expect(told(job)).toEqual([
      {
        group: letterGroup('ana', 's1'),
        message: {
          ...{ type: 'park', seq: expect.any(Number) },
          letter: {
            ...{ letterId, kind: 'node', owner: 'ana', signature: 's1', class: 'network', confidence: 0.9 },
            ...{
              said: 'connect ECONNREFUSED',
              why: expect.stringContaining('attempt'),
              jobId: 'j',
              nodeId: 'a',
            },
            ...{ attempt: 1, graph: 'test', graphHash: 'hash', workerId: 'w1' },
          },
        },
      },
    ]);
  });

  it('names the tests that failed, and how many more', () => {
    const job = started();
    const titles = Array.from({ length: 12 }, (_, i) => `t${i}`);
    job.send({
      ...{ type: 'attemptFailed', nodeId: 'a', attempt: 1, durationMs: 5 },
      failure: { kind: 'exit', message: 'x' },
      tests: {
        counts: { passed: 1, failed: 14, skipped: 0, unfinished: 0, flaky: 0 },
        ...{
          failed: titles.map((title) => ({ runner: 'jest', suites: [], title })),
          unlisted: 2,
          problems: [],
        },
      },
    });
    const [{ message } = {}] = told(job);
    expect(message).toMatchObject({ letter: { tests: titles.slice(0, 10), testsUnlisted: 4 } });
  });

  it.each([
    [
      'its condition goes wrong',
      () => ({ error: 'no such node' }) as const,
      /CONDITION_INVALID: no such node/,
    ],
  ])('is parked where %s', (_, judge, why) => {
    const job = new JobDriver(graph([node('a', { when: 'x' })]), judge).submit().enterAll();
    expect(told(job)).toMatchObject([
      { message: { letter: { attempt: 0, why: expect.stringMatching(why) } } },
    ]);
  });

  it('is parked where its workers died under it, all such in one group', () => {
    const groups = ['w1', 'w2'].map((worker) => {
      const job = started();
      for (let attempt = 1; attempt <= 5; attempt++)
        job.send({ type: 'attemptLost', nodeId: 'a', attempt, reason: `${worker} is gone` });
      return told(job).map(({ group }) => group);
    });
    expect(groups[0]).toHaveLength(1);
    expect(groups[0]).toEqual(groups[1]);
  });

  it('is parked for each item of a fan-out, and not for what gathers them', () => {
    const job = new JobDriver(graph([node('each', { forEach: 'items' })]), () => ({ items: [1, 2] }));
    job.submit().enterAll();
    failing(job, 'each-1', 's1');
    failing(job, 'each-2', 's1');
    const ids = told(job).map(({ message }) => message.type === 'park' && message.letter.nodeId);
    expect(ids).toEqual(['each-1', 'each-2']);
  });

  it('is not parked where it was cancelled', () => {
    const job = started();
    job.send({ type: 'cancel', reason: 'r' });
    job.send({
      ...{ type: 'attemptFailed', nodeId: 'a', attempt: 1, durationMs: 5 },
      failure: { kind: 'cancelled', message: 'x' },
    });
    expect(job.node('a')).toMatchObject({ outcome: 'cancelled' });
    expect(told(job)).toEqual([]);
  });
});

describe('a node with letters that runs again', () => {
  function redriven(order?: string): { job: JobDriver; from: number } {
    const job = started();
    failing(job, 'a', 's1');
    const from = job.events.length;
    job.send({ ...again, ...(order ? { order } : {}) });
    return { job, from };
  }

  it('and succeeds closes them', () => {
    const { job, from } = redriven();
    job.succeed('a');
    expect(told(job, from)).toMatchObject([
      { group: letterGroup('ana', 's1'), message: { type: 'closed', letterId, outcome: 'succeeded' } },
    ]);
  });

  it('and fails the same way is parked again, later than before', () => {
    const { job, from } = redriven();
    const [before] = job.events
      .map(({ event }, i) => (event.type === 'node.completed' ? i + 1 : 0))
      .filter(Boolean);
    failing(job, 'a', 's1');
    const [{ message } = {}] = told(job, from);
    expect(message).toMatchObject({ type: 'park', letter: { letterId, attempt: 2 } });
    expect(message?.type === 'park' && message.seq).toBeGreaterThan(before as number);
  });

  it('and fails in another way has a letter there, and none here', () => {
    const { job, from } = redriven();
    failing(job, 'a', 's2');
    expect(told(job, from)).toMatchObject([
      { group: letterGroup('ana', 's1'), message: { type: 'closed', outcome: 'failed' } },
      { group: letterGroup('ana', 's2'), message: { type: 'park' } },
    ]);
  });

  it('says from an event of long ago nothing that later ones have overtaken', () => {
    const { job, from } = redriven();
    failing(job, 'a', 's2');
    expect(
      told(job)
        .slice(0, -2)
        .filter(({ message }) => message.type === 'park'),
    ).toEqual([]);
    expect(told(job, from)).toHaveLength(2);
  });

  it('and is overruled closes them as it counts then', () => {
    const job = started();
    failing(job, 'a', 's1');
    const from = job.events.length;
    job.send({ type: 'overrule', nodeId: 'a', outcome: 'skipped', reason: 'known', by: 'eve' });
    expect(told(job, from)[0]).toMatchObject({ message: { outcome: 'skipped', why: 'eve: known' } });
  });

  it('keeps its letters and its edited input over a resume', () => {
    const job = started();
    failing(job, 'a', 's1');
    job.send({ ...again, inputs: { a: { run: 'make', timeoutMs: 7 } } });
    expect(job.node('a')).toMatchObject({ letters: ['s1'], edited: { run: 'make', timeoutMs: 7 } });
  });
});

describe('an order to redrive', () => {
  const order = 'letter/g/7';

  function parked(): JobDriver {
    const job = started();
    failing(job, 'a', 's1');
    return job;
  }

  it('runs what failed once, however often it comes', () => {
    const job = parked();
    expect(job.send({ ...again, order })).toContainEqual(
      expect.objectContaining({ type: 'job.resumed', data: expect.objectContaining({ order }) }),
    );
    failing(job, 'a', 's1');
    expect(job.send({ ...again, order })).toEqual([]);
    expect(job.send({ ...again, order: 'letter/g/8' })).not.toEqual([]);
  });

  it('says why where nothing of it has failed any more, and closes what succeeded', () => {
    const job = parked();
    job.send(again);
    job.succeed('a');
    const from = job.events.length;
    expect(job.send({ ...again, order })).toMatchObject([
      { type: 'job.retryRefused', data: { order, nodes: ['a'], why: 'nothing of this has failed any more' } },
    ]);
    expect(told(job, from)).toMatchObject([{ message: { type: 'closed', outcome: 'succeeded' } }]);
    expect(job.send({ ...again, order })).toEqual([]);
  });

  it('leaves what runs by then to tell its end itself', () => {
    const job = parked();
    job.send(again);
    const from = job.events.length;
    expect(job.send({ ...again, order })).toMatchObject([{ type: 'job.retryRefused' }]);
    expect(told(job, from)).toEqual([]);
  });

  it('is refused beyond what the type of the job allows, unless it is forced', () => {
    const job = new JobDriver(graph([node('a')], { type: 'LOW_PRIORITY' })).submit().enterAll();
    failing(job, 'a', 's1');
    const from = job.events.length;
    expect(job.send({ ...again, order })).toMatchObject([
      { data: { why: expect.stringContaining('LOW_PRIORITY') } },
    ]);
    expect(told(job, from)).toMatchObject([{ message: { type: 'closed', outcome: 'refused' } }]);
    expect(job.send({ ...again, order: 'letter/g/8', force: true })[0]?.type).toBe('job.resumed');
  });

  it('is refused while the job is being cancelled', () => {
    const job = started([node('a'), node('b')]);
    failing(job, 'a', 's1');
    job.start('b');
    job.send({ type: 'cancel', reason: 'enough' });
    expect(job.send({ ...again, order })).toMatchObject([
      { data: { why: 'the job is being cancelled: enough' } },
    ]);
  });
});

describe('what a person edits', () => {
  function offered(job: JobDriver) {
    const { index, state } = job;
    const at = job.events.length;
    const { event } = job.events[at - 1]!;
    const recorded = { ...event, stream: 'job/j', seq: at, at: job.now } as Recorded<JobEvent>;
    const [effect] = jobEffects({ jobId: 'j', index, state, traceId: 't' }, recorded);
    return effect?.kind === 'send' && effect.message.type === 'workOffered' ? effect.message.work : undefined;
  }

  it('is what the next attempts run, parameters before those of the job', () => {
    const job = new JobDriver(
      graph([node('a', { work: { kind: 'command', run: 'x', secrets: ['TOKEN'] } })]),
    );
    const parameters = { who: 'ana', commit: 'c' };
    job.send({
      ...{ type: 'submit', graphHash: 'hash', owner: 'ana', priority: 'normal', pool: 'default', parameters },
    });
    job.send({ type: 'admit' });
    job.enterAll();
    expect(offered(job)).toMatchObject({ parameters, timeoutMs: 60_000 });
    expect(offered(job)).not.toHaveProperty('work');
    failing(job, 'a', 's1');
    job.send({ ...again, inputs: { a: { run: 'y', parameters: { who: 'eve' }, timeoutMs: 7 } } });
    expect(offered(job)).toMatchObject({
      work: { kind: 'command', run: 'y', secrets: ['TOKEN'] },
      ...{ parameters: { who: 'eve', commit: 'c' }, timeoutMs: 7 },
    });
  });

  it.each([
    [
      'a suite has no command',
      { work: { kind: 'suite', suite: 's' } as const },
      { run: 'x' },
      /runs a suite/,
    ],
    [
      'too much is too much',
      {},
      { parameters: { who: 'x'.repeat(4_090) } },
      /with those of the job: must be at most/,
    ],
  ])('is refused with the reason: %s', (_, what, edited, why) => {
    const job = started([node('a', what)]);
    failing(job, 'a', 's1');
    expect(job.send({ ...again, inputs: { a: edited } })).toMatchObject([
      { type: 'job.retryRefused', data: { why: expect.stringMatching(why) } },
    ]);
  });
});

describe('a step of a rollback that is given up', () => {
  /** `a` has succeeded, `b` failed, and `a` could not be undone. */
  function parked(signature: string): JobDriver {
    const nodes = [node('a', { compensate: 'undo a' }), node('b', { needs: ['a'] })];
    const job = new JobDriver({ ...graph(nodes), onFailure: 'rollback' }).submit().enterAll();
    job.send({ type: 'attemptSucceeded', nodeId: 'a', attempt: 1, durationMs: 5, outputs: {} });
    failing(job, 'b', 's-b');
    failing(job, 'a', signature);
    return job;
  }
  const stepId = letterIdOf('rollback', 'j', 'a');
  const order = 'letter/g/7/rollback';
  const redrive = { type: 'rollback', nodes: ['a'], reason: 'mended', order } as const;

  it('is parked with its evidence, beside the letter of the node that failed', () => {
    const job = parked('s-undo');
    expect(job.state.status).toBe('failed');
    const [ofNode, ofStep] = told(job);
    expect(ofNode?.message).toMatchObject({ type: 'park', letter: { kind: 'node', nodeId: 'b' } });
    expect(ofStep).toMatchObject({
      group: letterGroup('ana', 's-undo'),
      message: {
        type: 'park',
        letter: { letterId: stepId, kind: 'rollback', said: 'connect ECONNREFUSED', nodeId: 'a', attempt: 2 },
      },
    });
  });

  it('is tried again by a redrive, once for each order, and closed where it is undone', () => {
    const job = parked('s-undo');
    const from = job.events.length;
    job.send(redrive);
    expect(job.state.status).toBe('running');
    expect(job.send(redrive)).toEqual([]);
    job.send({ type: 'attemptSucceeded', nodeId: 'a', attempt: 3, durationMs: 5, outputs: {} });
    expect(job.node('a')).toMatchObject({ rollback: 'undone' });
    expect(told(job, from).map(({ message }) => message)).toEqual([
      { type: 'closed', letterId: stepId, seq: expect.any(Number), outcome: 'succeeded' },
    ]);
  });

  it('is parked anew where it fails once more', () => {
    const job = parked('s-undo');
    const from = job.events.length;
    job.send(redrive);
    failing(job, 'a', 's-undo');
    expect(told(job, from).map(({ message }) => message)).toMatchObject([
      { type: 'park', letter: { letterId: stepId, attempt: 3 } },
    ]);
  });

  it('is parked in another group where it fails in another way, and its first letter hears so', () => {
    const job = parked('s-undo');
    const from = job.events.length;
    job.send(redrive);
    failing(job, 'a', 's-other');
    expect(told(job, from)).toMatchObject([
      {
        group: letterGroup('ana', 's-undo'),
        message: {
          type: 'closed',
          letterId: stepId,
          outcome: 'failed',
          why: expect.stringMatching(/another way/),
        },
      },
      { group: letterGroup('ana', 's-other'), message: { type: 'park', letter: { letterId: stepId } } },
    ]);
  });

  it('is closed where its node has run again and succeeded: what it did is no mistake any more', () => {
    const job = parked('s-undo');
    job.send({ type: 'retry', nodes: ['a', 'b'], reason: 'all of it' });
    const from = job.events.length;
    job.send({ type: 'attemptSucceeded', nodeId: 'a', attempt: 3, durationMs: 5, outputs: {} });
    expect(told(job, from).map(({ message }) => message)).toEqual([
      {
        ...{ type: 'closed', letterId: stepId, seq: expect.any(Number), outcome: 'succeeded' },
        why: 'the node has run again and succeeded: nothing of this is left to be undone',
      },
    ]);
  });

  it('hears why where its job cannot undo it now', () => {
    const job = parked('s-undo');
    job.send({ type: 'retry', reason: 'all of it' });
    const from = job.events.length;
    expect(job.send(redrive)).toMatchObject([{ type: 'job.retryRefused', data: { order } }]);
    expect(told(job, from).map(({ message }) => message)).toEqual([
      {
        ...{ type: 'closed', letterId: stepId, seq: expect.any(Number), outcome: 'refused' },
        why: 'the job runs: redrive it when that has ended',
      },
    ]);
  });
});
