import { consumeTriggers, MAX_TRIES, type TriggersDeps } from '../../../lambdas/triggers/consume';
import { type TriggersBody, triggersBody } from '../../../lib/adapters/aws/queues/queue-messages';
import { readMessage } from '../../../lib/adapters/aws/queues/read-message';
import type { QueueMessage } from '../../../lib/adapters/aws/queues/sender';
import { jobIdOf } from '../../../lib/api/job-id';
import { ownedGraphs } from '../../../lib/api/owned-graphs';
import type { SubmissionOrigin } from '../../../lib/api/submit';
import type { Graph } from '../../../lib/core/dag/graph';
import { RepriseError } from '../../../lib/core/errors';
import { EMPTY_HEAD } from '../../../lib/core/journal/envelope';
import { jobAt, triggerAt } from '../../../lib/core/messages/address';
import type { Submission } from '../../../lib/core/messages/job';
import type { PublicEvent } from '../../../lib/core/messages/public-event';
import type { JobStatus } from '../../../lib/core/model/outcome';
import type { JobList } from '../../../lib/core/ports/registries';
import type { GraphStore } from '../../../lib/core/ports/stores';
import type { Folds } from '../../../lib/core/ports/streams';
import { initialTrigger } from '../../../lib/core/trigger/state';
import { expectDescribed } from '../../support/described';
import { graph, node } from '../../support/job-driver';
import { memoryOwners } from './owners';

const GRAPH: Graph = graph([node('only')]);
const SUBMISSION: Submission = {
  ...{ graphHash: 'h', owner: 'ana', priority: 'normal', pool: 'default' },
  trigger: { id: 't1', name: 'nightly' },
};
const ENGINE = { kind: 'engine', id: 'triggers' };
const FULL = new RepriseError('QUEUE_FULL', 'too many');

interface World {
  readonly decided: unknown[];
  readonly submitted: { jobId: string; submission: Submission; origin: SubmissionOrigin }[];
  readonly told: unknown[];
  readonly published: PublicEvent[];
  readonly sent: QueueMessage[];
  readonly wanted: string[];
  readonly consume: (body: TriggersBody) => Promise<void>;
}

/** @param cancelledMeanwhile jobs that their trigger cancelled; may change while something is consumed. */
function world(overrides: Partial<TriggersDeps> = {}, cancelledMeanwhile = new Set<string>()): World {
  const seen = { decided: [], submitted: [], told: [], published: [], sent: [], wanted: [] } as Omit<
    World,
    'consume'
  >;
  const stored = new Map<string, Graph>([['h', GRAPH]]);
  const graphs: GraphStore = {
    put: async (hash, kept) => void stored.set(hash, kept),
    get: async (hash) => {
      const found = stored.get(hash);
      if (!found) throw new RepriseError('GRAPH_NOT_FOUND', `no graph ${hash}`);
      return found;
    },
  };
  const consume = consumeTriggers({
    streams: {
      ask: async (delivery, origin) => {
        seen.decided.push([delivery, origin]);
        return [];
      },
      view: async (at) => {
        expect(at).toEqual(triggerAt('t1'));
        const state = { ...initialTrigger(), cancelled: [...cancelledMeanwhile] };
        const fold: Folds['trigger'] = { state, head: EMPTY_HEAD, traceId: undefined };
        return fold as never;
      },
    },
    graphs,
    owned: ownedGraphs({ graphs, owners: memoryOwners(), take: async () => {}, clock: () => 1_000 }),
    requests: { want: async (hash) => void seen.wanted.push(hash) },
    pools: ['default'],
    admission: async () => undefined,
    submit: async (jobId, submission, origin) => {
      seen.submitted.push({ jobId, submission, origin });
      return { jobId, status: 'submitted' };
    },
    queues: { send: async (delivery, origin) => void seen.told.push([delivery, origin]) },
    publisher: {
      publish: async (event) => {
        expectDescribed(event);
        seen.published.push(event);
      },
    },
    send: async (message) => void seen.sent.push(message),
    clock: () => 1_000,
    random: () => 1,
    jobs: { get: async () => Promise.reject(new RepriseError('JOB_NOT_FOUND', 'no job')) },
    onLost: () => {},
    ...overrides,
  });
  return { ...seen, consume: (body) => consume(body, { id: 'sqs/1' }) };
}

const asked = (detail: unknown): TriggersBody => ({
  kind: 'request',
  event: { id: 'e-1', source: 'portal', detail },
  tries: 0,
});
const document = { name: 'small', nodes: [{ id: 'only', run: 'true' }] };

describe('what a trigger hears', () => {
  it('is decided by it, with the origin it came with', async () => {
    const { consume, decided } = world();
    const actor = { kind: 'timer', id: 'scheduler' } as const;
    await consume({
      ...{ kind: 'input', to: triggerAt('t1'), message: { type: 'due' } },
      id: 'clock/2',
      actor,
      tries: 0,
    });
    await consume({ kind: 'input', to: triggerAt('t1'), message: { type: 'due' }, tries: 0 });
    const due = { to: triggerAt('t1'), message: { type: 'due' } };
    expect(decided).toEqual([
      [due, { id: 'clock/2', actor }],
      [due, { id: 'sqs/1', actor: ENGINE }],
    ]);
  });
});

describe('a job of a trigger', () => {
  const body: TriggersBody = {
    kind: 'submission',
    jobId: 'j',
    submission: SUBMISSION,
    id: 'trigger/t1/7',
    tries: 0,
  };

  it('is submitted in the name of its owner, by the trigger, and its machines are asked for', async () => {
    const { consume, submitted, wanted } = world();
    await consume(body);
    const origin = {
      ...{ requestId: 'trigger/t1/7', traceId: 'trigger/t1/7' },
      actor: { kind: 'engine', id: 'trigger/t1' },
    };
    expect(submitted).toEqual([{ jobId: 'j', submission: SUBMISSION, origin }]);
    expect(wanted).toEqual(['h']);
  });

  it('waits where the queue of its pool is full, longer each time and never past what SQS allows', async () => {
    const { consume, submitted, sent, told } = world({ admission: async () => FULL });
    for (const tries of [0, 1, 5, 30]) await consume({ ...body, tries });
    expect(sent.map(({ delaySeconds }) => delaySeconds)).toEqual([5, 10, 160, 900]);
    expect(sent.map(({ body }) => (body as { tries: number }).tries)).toEqual([1, 2, 6, 31]);
    expect([...submitted, ...told]).toEqual([]);
  });

  it('is told to the trigger when there was no room for a day', async () => {
    const { consume, told, sent } = world({ admission: async () => FULL });
    await consume({ ...body, tries: MAX_TRIES });
    const message = { type: 'jobRefused', jobId: 'j', reason: 'too many' };
    expect(told).toEqual([
      [
        { to: triggerAt('t1'), message },
        { id: 'trigger/t1/7/refused', actor: ENGINE },
      ],
    ]);
    expect(sent).toEqual([]);
  });

  it('does not wait as long as others that were put off together, nor less than half of that', async () => {
    for (const [random, delaySeconds] of [
      [0, 40],
      [0.5, 60],
    ] as const) {
      const { consume, sent } = world({ admission: async () => FULL, random: () => random });
      await consume({ ...body, tries: 4 });
      expect(sent).toEqual([{ body: { ...body, tries: 5 }, delaySeconds }]);
    }
  });

  it.each([
    ['its pool is gone', { pool: 'nowhere' }, 'no pool'],
    ['its graph is gone', { graphHash: 'gone' }, 'no graph'],
  ])('that can never be one as %s is told to the trigger', async (_, change, why) => {
    const { consume, told, submitted } = world();
    await consume({ ...body, submission: { ...SUBMISSION, ...change } });
    const message = { type: 'jobRefused', jobId: 'j', reason: expect.stringContaining(why) };
    expect(told).toEqual([
      [
        { to: triggerAt('t1'), message },
        { id: 'trigger/t1/7/refused', actor: ENGINE },
      ],
    ]);
    expect(submitted).toEqual([]);
  });

  it('is not submitted any more once its trigger has called it off, which hears that it is over', async () => {
    const { consume, told, submitted } = world({}, new Set(['j']));
    await consume(body);
    expect(submitted).toEqual([]);
    const message = { type: 'jobEnded', jobId: 'j', status: 'cancelled' };
    expect(told).toEqual([
      [
        { to: triggerAt('t1'), message },
        { id: 'trigger/t1/7/cancelled', actor: ENGINE },
      ],
    ]);
  });

  it('is cancelled where its trigger cancelled it while it was being submitted', async () => {
    const cancelledMeanwhile = new Set<string>();
    const submit: TriggersDeps['submit'] = async (jobId) => {
      cancelledMeanwhile.add(jobId);
      return { jobId, status: 'submitted' };
    };
    const { consume, told } = world({ submit }, cancelledMeanwhile);
    await consume(body);
    const message = { type: 'cancel', reason: expect.stringContaining('nightly') };
    expect(told).toEqual([
      [
        { to: jobAt('j'), message },
        { id: 'trigger/t1/7/cancelled', actor: ENGINE },
      ],
    ]);
  });

  it('comes back where a service did not answer', async () => {
    const down = new RepriseError('UPSTREAM_UNAVAILABLE', 'DynamoDB');
    const submit = () => Promise.reject(down);
    const { consume, told } = world({ submit });
    await expect(consume(body)).rejects.toBe(down);
    expect(told).toEqual([]);
  });
});

describe('an event that asks for a job', () => {
  it('is one for whoever it names, or for its source', async () => {
    const { consume, submitted } = world();
    const named = { execution_graph: document, requested_by: 'zoe', deadline: '1m', parameters: { a: 'b' } };
    await consume(asked(named));
    await consume(asked({ execution_graph: document, priority: 'high' }));
    expect(submitted.map(({ submission, origin }) => [submission, origin.actor])).toMatchObject([
      [
        { owner: 'zoe', deadlineAt: 61_000, parameters: { a: 'b' }, priority: 'normal', pool: 'default' },
        { kind: 'engine', id: 'event/portal' },
      ],
      [{ owner: 'event:portal', priority: 'high' }, { kind: 'engine' }],
    ]);
  });

  it('is the same job when it comes again, by its own id or by the key it carries', async () => {
    const { consume, submitted } = world();
    for (let i = 0; i < 2; i++) await consume(asked({ execution_graph: document }));
    await consume(asked({ execution_graph: document, idempotency_key: 'k', requested_by: 'zoe' }));
    const [first, second, keyed] = submitted.map(({ jobId }) => jobId);
    expect(second).toBe(first);
    // As over REST: one key means one job, whichever way it comes.
    expect(keyed).toBe(jobIdOf('zoe', 'k'));
  });

  it.each([
    ['no graph', { priority: 'high' }, 'INPUT_INVALID', 'execution_graph'],
    [
      'a graph that is wrong',
      { execution_graph: { name: 'x', nodes: [] } },
      'GRAPH_INVALID',
      'execution_graph.nodes',
    ],
    ['a graph that nobody knows', { graph_hash: 'f'.repeat(64) }, 'GRAPH_NOT_FOUND', undefined],
    ['no detail', null, 'INPUT_INVALID', '$'],
  ])('with %s is answered on the bus, with what was asked', async (_, detail, code, path) => {
    const { consume, published, submitted } = world();
    await consume(asked(detail));
    expect(submitted).toEqual([]);
    expect(published).toMatchObject([
      {
        id: 'event/e-1/refused',
        type: 'orchestration.job.refused',
        detail: { error: { code }, event: { detail } },
      },
    ]);
    const [refused] = published as [PublicEvent];
    const { problems } = refused.detail['error'] as { problems: { path: string }[] };
    expect(problems[0]?.path).toBe(path);
  });

  it('with nesting that nothing can write again is answered without it', async () => {
    const { consume, published } = world();
    await consume(asked({ execution_graph: JSON.parse(`${'['.repeat(50_000)}${']'.repeat(50_000)}`) }));
    expect(published).toMatchObject([{ detail: { error: { code: 'INPUT_INVALID' } } }]);
    await consume(
      asked({ execution_graph: { nodes: JSON.parse(`${'['.repeat(50_000)}${']'.repeat(50_000)}`) } }),
    );
    expect(published[1]).toMatchObject({ detail: { error: { code: 'GRAPH_SYNTAX' } } });
    for (const { detail } of published) expect(detail['event']).toEqual({ id: 'e-1', source: 'portal' });
    expect(() => JSON.stringify(published)).not.toThrow();
  });

  it('waits where the queue is full, whole', async () => {
    const { consume, sent } = world({ admission: async () => FULL });
    const body = asked({ execution_graph: document });
    await consume(body);
    expect(sent).toEqual([{ body: { ...body, tries: 1 }, delaySeconds: 5 }]);
  });

  it('is refused on the bus when there was no room for a day, for whatever reason', async () => {
    const quota = new RepriseError('QUOTA_EXCEEDED', 'enough for today');
    const owned = { keep: () => Promise.reject(quota), get: () => Promise.reject(quota) };
    for (const [why, code] of [
      [{ admission: async () => FULL }, 'QUEUE_FULL'],
      [{ owned }, 'QUOTA_EXCEEDED'],
    ] as const) {
      const { consume, published, sent } = world(why);
      const body = { ...asked({ execution_graph: document }), tries: MAX_TRIES - 1 };
      await consume(body);
      expect([sent.length, published.length]).toEqual([1, 0]);
      await consume({ ...body, tries: MAX_TRIES });
      expect(published).toMatchObject([{ type: 'orchestration.job.refused', detail: { error: { code } } }]);
      expect(sent).toHaveLength(1);
    }
  });
});

describe('an execution that ended, and not well', () => {
  const executionArn = 'arn:aws:states:eu-west-1:111122223333:execution:reprise-dev-graph-runner:j';
  const ended = (more: object = {}): TriggersBody =>
    ({
      ...{ kind: 'workflow', tries: 0 },
      event: { detail: { name: 'j', executionArn, status: 'FAILED', error: null, cause: null, ...more } },
    }) as TriggersBody;
  const listed = (status: JobStatus): Pick<JobList, 'get'> => ({
    get: async (jobId) => ({ jobId, name: 'n', owner: 'ana', priority: 'normal', submittedAt: 1, status }),
  });

  it.each([
    [{ error: 'States.Runtime', cause: 'no such path' }, 'failed', 'States.Runtime', ': no such path'],
    [{ status: 'TIMED_OUT' }, 'timed_out', 'the execution was TIMED_OUT', ''],
    [{ status: 'ABORTED', error: 'x'.repeat(900) }, 'aborted', 'x'.repeat(500), ''],
  ])(
    'while its job runs is told to the job, and raises an alarm (%#)',
    async (more, status, reason, cause) => {
      const lost: unknown[] = [];
      const onLost: TriggersDeps['onLost'] = (...args) => void lost.push(args);
      const { consume, told } = world({ jobs: listed('running'), onLost });
      await consume(ended(more));
      expect(told).toEqual([
        [
          { to: jobAt('j'), message: { type: 'workflowEnded', status, reason, run: 1 } },
          { id: `execution/${executionArn}`, actor: { kind: 'workflow', id: 'step-functions' } },
        ],
      ]);
      expect(lost).toEqual([['j', `${reason}${cause}`]]);
    },
  );

  it('says which run of its job it was, and those that a run has started say nothing', async () => {
    const { consume, told } = world({ jobs: listed('running') });
    await consume(ended({ name: 'j-run-3', input: '{"jobId":"j","run":3}' }));
    await consume(ended({ name: 'a1b2c3', input: '{"jobId":"j"}' }));
    expect(told).toMatchObject([[{ to: jobAt('j'), message: { type: 'workflowEnded', run: 3 } }, {}]]);
  });

  it('is read as Step Functions says it', () => {
    const detail = {
      executionArn,
      stateMachineArn: 'arn:aws:states:eu-west-1:111122223333:stateMachine:reprise-dev-graph-runner',
      ...{ name: 'j', status: 'FAILED', startDate: 1_551_225_146_847, stopDate: 1_551_225_151_881 },
      ...{ input: '{"jobId":"j"}', inputDetails: { included: true }, output: null, outputDetails: null },
      ...{ error: 'States.Runtime', cause: 'An error occurred', redriveCount: 0, redriveDate: null },
    };
    const event = {
      ...{ version: '0', id: '315c1398-40ff-a850-213b-158f73e60175', source: 'aws.states' },
      ...{ 'detail-type': 'Step Functions Execution Status Change', account: '111122223333' },
      ...{ time: '2026-11-26T19:42:21Z', region: 'eu-west-1', resources: [executionArn], detail },
    };
    const { name, status, error } = detail;
    expect(readMessage(triggersBody, `{"kind":"workflow","event":${JSON.stringify(event)}}`)).toMatchObject({
      ...{ kind: 'workflow', tries: 0 },
      event: { detail: { name, executionArn, status, error } },
    });
  });

  it("after its job, or that is of no job, is nobody's business", async () => {
    const onLost = jest.fn();
    for (const jobs of [listed('failed'), listed('cancelled'), undefined]) {
      const { consume, told } = world({ ...(jobs ? { jobs } : {}), onLost });
      await consume(ended());
      expect(told).toEqual([]);
    }
    expect(onLost).not.toHaveBeenCalled();
  });

  it('comes back where it cannot be known whether its job runs', async () => {
    const down = new RepriseError('UPSTREAM_UNAVAILABLE', 'DynamoDB');
    const { consume } = world({ jobs: { get: () => Promise.reject(down) } });
    await expect(consume(ended())).rejects.toBe(down);
  });
});
