import { z } from 'zod';
import { sendTicks } from '../../lambdas/sweeper/ticks';
import { createSqsDispatcher } from '../../lib/adapters/aws/queues/dispatcher';
import { createInputQueues } from '../../lib/adapters/aws/queues/input-queues';
import { createSqsLetterBox } from '../../lib/adapters/aws/queues/letter-box';
import { createSqsNotifier } from '../../lib/adapters/aws/queues/notifier';
import {
  deliveriesBody,
  dispatchBody,
  effectsBody,
  graphsBody,
  orderedBodies,
  redriveBody,
  sweepsBody,
  timerBody,
  triggersBody,
} from '../../lib/adapters/aws/queues/queue-messages';
import { MESSAGE_VERSION, writeMessage } from '../../lib/adapters/aws/queues/read-message';
import type { SendMessage } from '../../lib/adapters/aws/queues/sender';
import { createSqsSubmissions } from '../../lib/adapters/aws/queues/submissions';
import { createTimers } from '../../lib/adapters/aws/queues/timers';
import { dependencyAt, jobAt, letterAt, poolAt, targetAt, triggerAt } from '../../lib/core/messages/address';
import type { DependencyMessage } from '../../lib/core/messages/dependency';
import type { JobMessage, Submission } from '../../lib/core/messages/job';
import type { Letter, LetterMessage } from '../../lib/core/messages/letter';
import type { PoolMessage, WorkItem } from '../../lib/core/messages/pool';
import type { Notice, TargetMessage, Telling } from '../../lib/core/messages/target';
import type { TriggerMessage } from '../../lib/core/messages/trigger';

/** What each queue's consumer reads. */
export const READERS = {
  jobs: orderedBodies.job,
  pools: orderedBodies.pool,
  dependencies: orderedBodies.dependency,
  letters: orderedBodies.letter,
  targets: orderedBodies.target,
  deliveries: deliveriesBody,
  triggers: triggersBody,
  timers: timerBody,
  dispatch: dispatchBody,
  effects: effectsBody,
  graphs: graphsBody,
  redrive: redriveBody,
  sweeps: sweepsBody,
} as const satisfies Record<string, z.ZodType>;
export type QueueName = keyof typeof READERS;
const QUEUES = Object.keys(READERS) as QueueName[];

/** What a version of the engine sends, and what it can read. */
export interface MessageFixture {
  readonly version: number;
  readonly sent: Readonly<Record<QueueName, readonly unknown[]>>;
  /** Readers as JSON Schema. */
  readonly readers: Readonly<Record<QueueName, z.core.JSONSchema.BaseSchema>>;
}

const ref = { nodeId: 'n1', attempt: 2 };
const submission: Submission = {
  ...{ graphHash: 'a'.repeat(64), owner: 'ana', priority: 'high', pool: 'default', jobType: 'CRITICAL' },
  deadlineAt: 1_700_000_000_000,
  parameters: { commit: 'c0ffee' },
  trigger: { id: 't1', name: 'nightly', root: 'r1', depth: 1 },
};
const work: WorkItem = {
  ...{ jobId: 'j1', ...ref, graphHash: 'a'.repeat(64), owner: 'ana', labels: ['linux'], slots: 1 },
  ...{ resources: { licences: 2 }, concurrency: { key: 'db', limit: 1 }, priority: 'normal', rank: 5 },
  ...{ avoid: ['w0'], dependencies: ['payments'], timeoutMs: 60_000, readyAt: 1_700_000_000_000 },
  ...{
    traceId: 'trace',
    nodeHash: 'b'.repeat(16),
    parameters: { commit: 'c0ffee' },
    on: { workerId: 'w1', until: 1_700_000_000_000 },
  },
  work: {
    ...{
      kind: 'command',
      run: 'make',
      variables: { REPRISE_ITEM: '1', VERSION: '1.10' },
      secrets: ['TOKEN'],
    },
    compensates: { attempt: 1, outputs: { url: 'x' } },
  },
};

/** A message of every type: without one a new type does not build. */
const TO_JOB: { readonly [T in JobMessage['type']]: Extract<JobMessage, { type: T }> } = {
  submit: { type: 'submit', ...submission },
  admit: { type: 'admit' },
  nodeEntered: { type: 'nodeEntered', nodeId: 'n1', token: 'token' },
  allEntered: { type: 'allEntered', token: 'token' },
  outcomeAwaited: { type: 'outcomeAwaited', token: 'token' },
  attemptStarted: { type: 'attemptStarted', ...ref, workerId: 'w1' },
  attemptProgressed: { type: 'attemptProgressed', ...ref, percentage: 50, message: 'half' },
  attemptSucceeded: {
    type: 'attemptSucceeded',
    ...ref,
    durationMs: 5,
    outputs: { url: 'x', list: [1] },
    workerId: 'w1',
  },
  attemptFailed: {
    ...{ type: 'attemptFailed', ...ref, durationMs: 5 },
    ...{
      failure: { kind: 'exit', message: 'exit 1', exitCode: 1, signal: 'SIGTERM', retryAfterMs: 5 },
      outputs: {},
    },
  },
  attemptLost: { type: 'attemptLost', ...ref, reason: 'gone', cause: 'leaseExpired', workerId: 'w1' },
  timerDue: { type: 'timerDue', ...ref },
  reclassify: {
    ...{ type: 'reclassify', ...ref, class: 'network', reason: 'r', by: 'ana' },
    ...{ askedAt: 1_700_000_000_000, forEveryone: true },
  },
  cancel: { type: 'cancel', reason: 'r' },
  pause: { type: 'pause', reason: 'r' },
  unpause: { type: 'unpause', reason: 'r' },
  reprioritise: { type: 'reprioritise', priority: 'low' },
  share: { type: 'share', user: 'ben' },
  unshare: { type: 'unshare', user: 'ben' },
  deadlineDue: { type: 'deadlineDue' },
  resume: { type: 'resume', reason: 'r', from: ['n1'], graphHash: 'ab'.repeat(32) },
  retry: {
    ...{ type: 'retry', nodes: ['n1'], reason: 'r', level: 2, order: 'letter/g/7', force: true },
    inputs: { n1: { run: 'make', parameters: { commit: 'c' }, timeoutMs: 60_000 } },
  },
  overrule: {
    ...{ type: 'overrule', nodeId: 'n1', outcome: 'succeeded', outputs: { url: 'x' } },
    ...{ reason: 'r', by: 'ana' },
  },
  rollback: { type: 'rollback', to: 12, reason: 'r', nodes: ['n1'], order: 'letter/g/7/rollback' },
  retryRefused: { type: 'retryRefused', nodes: ['n1'], reason: 'r', level: 3, why: 'w' },
  workflowEnded: { type: 'workflowEnded', status: 'aborted', reason: 'r', run: 2 },
};

const worker = {
  ...{ workerId: 'w1', labels: ['linux'], slots: 2, resources: { licences: 2 } },
  ...{ endpoint: 'https://w1', registration: 'r1' },
};
const TO_POOL: { readonly [T in PoolMessage['type']]: Extract<PoolMessage, { type: T }> } = {
  workOffered: { type: 'workOffered', work },
  workWithdrawn: { type: 'workWithdrawn', jobId: 'j1', ...ref, reason: 'r' },
  workReleased: { type: 'workReleased', jobId: 'j1', ...ref, ended: { durationMs: 1, failed: 'network' } },
  workerRegistered: { type: 'workerRegistered', worker },
  workerDrained: { type: 'workerDrained', workerId: 'w1', registration: 'r1' },
  workerLost: { type: 'workerLost', workerId: 'w1', reason: 'r' },
  workerRestarted: {
    ...{ type: 'workerRestarted', workerId: 'w1', registration: 'r1' },
    running: [{ jobId: 'j1', ...ref }],
  },
  workerCordoned: { type: 'workerCordoned', workerId: 'w1', reason: 'r' },
  workerUncordoned: { type: 'workerUncordoned', workerId: 'w1' },
  dispatchFailed: { type: 'dispatchFailed', jobId: 'j1', ...ref, workerId: 'w1', reason: 'r' },
  jobQueued: {
    ...{ type: 'jobQueued', jobId: 'j1', owner: 'ana', priority: 'high', queuedAt: 1 },
    running: true,
  },
  jobOver: { type: 'jobOver', jobId: 'j1', version: 9 },
  jobReprioritised: { type: 'jobReprioritised', jobId: 'j1', priority: 'low' },
  queueChanged: { type: 'queueChanged', status: 'paused' },
  queueLimited: { type: 'queueLimited', maxRunningJobs: 3 },
  jobHeld: { type: 'jobHeld', jobId: 'j1', version: 7 },
  jobUnheld: { type: 'jobUnheld', jobId: 'j1', version: 8 },
  dependencyChanged: {
    ...{ type: 'dependencyChanged', dependency: 'payments', version: 2, status: 'halfOpen' },
    ...{ until: 1_700_000_000_000, probes: 3 },
  },
  capacityReviewed: {
    type: 'capacityReviewed',
    findings: [{ condition: 'waits', found: 600_000, limit: 300_000 }],
  },
  sweep: { type: 'sweep' },
};

const TO_DEPENDENCY: {
  readonly [T in DependencyMessage['type']]: Extract<DependencyMessage, { type: T }>;
} = {
  observed: { type: 'observed', ok: false, by: 'j1/n1/2', startedAt: 1_700_000_000_000, durationMs: 5 },
  watched: { type: 'watched', pool: 'default' },
  due: { type: 'due', until: 1_700_000_000_000 },
  forced: { type: 'forced', status: 'open', by: 'ana', reason: 'r' },
  reset: { type: 'reset', by: 'ana', reason: 'r' },
};

const letter: Letter = {
  ...{ letterId: 'l1', kind: 'node', owner: 'ana', signature: 's', class: 'network', confidence: 1 },
  ...{
    said: 'ECONNRESET',
    why: 'all 3 attempts failed',
    jobId: 'j1',
    nodeId: 'n1',
    attempt: 3,
    workerId: 'w1',
  },
  ...{ graph: 'shop', graphHash: 'a'.repeat(64), jobType: 'STANDARD', tests: ['cart'], testsUnlisted: 1 },
};

const notice: Notice = {
  ...{ id: 'job/j1/7', type: 'orchestration.execution.failed', topic: 'failure', severity: 'warning' },
  ...{ at: 1_700_000_000_000, title: 'execution failed: shop (j1)', text: 'A job ended, and failed.' },
  facts: [{ name: 'jobId', value: 'j1' }],
  ...{ signature: 'orchestration.execution.failed/j1', owner: 'ana', jobId: 'j1', graph: 'shop' },
  ...{ outcome: 'failed', commit: 'c0ffee', link: 'https://ci.example/jobs/j1' },
  alert: { target: 'oncall', id: 'job/j1/7' },
  sample: true,
  detail: { jobId: 'j1' },
};
const telling: Telling = {
  ...{ rule: 'failures', dedupeMs: 300_000, digest: { above: 10, withinMs: 60_000 } },
  quiet: { timezone: 'Europe/Berlin', from: 1_320, to: 420, breaksThrough: 'critical' },
  escalation: [{ target: 'lead', afterMs: 900_000 }],
};
const tried = { deliveryId: 'job/j1/7', attempt: 2, to: 'hooks.example' };
const TO_TARGET: { readonly [T in TargetMessage['type']]: Extract<TargetMessage, { type: T }> } = {
  notify: { type: 'notify', notice, telling },
  delivered: { type: 'delivered', ...tried },
  failed: { type: 'failed', ...tried, why: 'it answered 503', retryable: true, retryAfterMs: 1_000 },
  due: { type: 'due' },
  acknowledge: { type: 'acknowledge', alert: 'job/j1/7', by: 'ana' },
  redrive: { type: 'redrive', deliveries: ['job/j1/7'], by: 'ana' },
};

const TO_LETTER: { readonly [T in LetterMessage['type']]: Extract<LetterMessage, { type: T }> } = {
  park: { type: 'park', letter, seq: 7 },
  closed: { type: 'closed', letterId: 'l1', seq: 8, outcome: 'refused', why: 'w' },
  assign: { type: 'assign', letters: ['l1'], to: 'eve', by: 'ana' },
  note: { type: 'note', letterId: 'l1', text: 't', by: 'ana' },
  redrive: {
    ...{ type: 'redrive', orderId: 'o1', letters: ['l1'], mode: 'canary', perMinute: 10, force: true },
    ...{ input: { run: 'make' }, by: 'ana', reason: 'r' },
  },
  stopRedrive: { type: 'stopRedrive', orderId: 'o1', by: 'ana', reason: 'r' },
  resolve: {
    type: 'resolve',
    letters: ['l1'],
    how: 'succeed',
    outputs: { url: 'x' },
    by: 'ana',
    reason: 'r',
  },
  laid: { type: 'laid', letterId: 'l1', round: 1, messageId: 'm1' },
  returned: { type: 'returned', letterId: 'l1', round: 1, messageId: 'm1' },
  archived: { type: 'archived', letterId: 'l1', round: 1, place: 's3://bucket/letters/l1.json' },
  due: { type: 'due', orderId: 'o1', until: 1_700_000_000_000 },
};

const TO_TRIGGER: { readonly [T in TriggerMessage['type']]: Extract<TriggerMessage, { type: T }> } = {
  set: {
    ...{ type: 'set', owner: 'ana', everyone: true },
    definition: {
      ...{ name: 'nightly', overlap: 'skip' },
      source: { kind: 'schedule', cron: '0 0 * * *', timezone: 'UTC', missed: 'skip' },
      job: {
        graphHash: 'a'.repeat(64),
        priority: 'normal',
        pool: 'default',
        deadlineMs: 60_000,
        parameters: {},
      },
    },
  },
  pause: { type: 'pause', reason: 'r' },
  unpause: { type: 'unpause', reason: 'r' },
  delete: { type: 'delete' },
  due: { type: 'due' },
  event: { type: 'event', event: { id: 'e1', source: 'portal', detail: { commit: 'c' } } },
  fire: { type: 'fire', requestId: 'q1' },
  jobEnded: { type: 'jobEnded', jobId: 'j1', status: 'failed' },
  jobRefused: { type: 'jobRefused', jobId: 'j1', reason: 'r', root: 'r1', depth: 1 },
};

/** Everything that the engine of today sends, as its senders put it into the queues. */
async function sentToday(): Promise<Record<QueueName, unknown[]>> {
  const sent = Object.fromEntries(QUEUES.map((name) => [name, []])) as unknown as Record<
    QueueName,
    unknown[]
  >;
  const to =
    (name: QueueName): SendMessage =>
    async ({ body }) =>
      void sent[name].push(JSON.parse(writeMessage(body)));
  const origin = {
    id: 'pool/default/7',
    actor: { kind: 'engine', id: 'pool/default' },
    traceId: 't',
  } as const;
  const queues = createInputQueues({
    job: to('jobs'),
    pool: to('pools'),
    trigger: to('triggers'),
    dependency: to('dependencies'),
    letter: to('letters'),
    target: to('targets'),
  });
  for (const message of Object.values(TO_JOB)) await queues.send({ to: jobAt('j1'), message }, origin);
  for (const message of Object.values(TO_POOL)) await queues.send({ to: poolAt('default'), message }, origin);
  for (const message of Object.values(TO_DEPENDENCY))
    await queues.send({ to: dependencyAt('payments'), message }, origin);
  for (const message of Object.values(TO_LETTER)) await queues.send({ to: letterAt('g-s'), message }, origin);
  for (const message of Object.values(TO_TARGET))
    await queues.send({ to: targetAt('oncall'), message }, origin);
  const notifier = createSqsNotifier(() => to('deliveries'));
  await notifier.deliver({ target: 'oncall', deliveryId: 'job/j1/7', attempt: 2 });
  const box = createSqsLetterBox(to('redrive'), { clock: () => 1_000, newId: () => 'posting-1' });
  const letter = { group: 'g-s', letterId: 'l1' };
  await box.post({ ...letter, round: 1, why: 'its attempts are used up', jobId: 'j1', nodeId: 'a' });
  await box.release({ ...letter, times: 1, place: 'letters/jobs/2026-01-01/m1.json.gz', body: '{}' });
  // In one turn, several are one message.
  const together = [TO_JOB.attemptStarted, TO_JOB.timerDue];
  await Promise.all(together.map((message) => queues.send({ to: jobAt('j1'), message }, origin)));
  const taken = [TO_POOL.workReleased, TO_POOL.jobOver];
  await Promise.all(taken.map((message) => queues.send({ to: poolAt('default'), message }, origin)));
  for (const message of Object.values(TO_TRIGGER))
    await queues.send({ to: triggerAt('t1'), message }, origin);
  const timers = createTimers({ send: to('timers'), sendAt: async () => {}, clock: () => 0 });
  await timers.schedule({ to: jobAt('j1'), message: TO_JOB.timerDue }, 1, 'job/j1/3');
  await timers.schedule({ to: jobAt('j1'), message: TO_JOB.deadlineDue }, 1, 'job/j1/1/deadline');
  const due = { to: dependencyAt('payments'), message: TO_DEPENDENCY.due };
  await timers.schedule(due, 1, 'dependency/payments/3/due');
  await timers.schedule({ to: letterAt('g-s'), message: TO_LETTER.due }, 1, 'letter/g-s/3/due');
  await timers.schedule({ to: targetAt('oncall'), message: TO_TARGET.due }, 1, 'target/oncall/3/due');
  const cause = { stream: 'pool/default', seq: 7 };
  const lease = { id: 'pool/default/7', cause, workerId: 'w1', endpoint: 'https://w1', registration: 'r1' };
  const dispatcher = createSqsDispatcher(to('dispatch'));
  await dispatcher.dispatch({ kind: 'dispatch', ...lease, work });
  await dispatcher.cancel({ kind: 'cancelExecution', ...lease, work: { jobId: 'j1', ...ref }, reason: 'r' });
  await createSqsSubmissions(to('triggers')).submit('j1', submission, 'trigger/t1/7');
  await to('effects')({ body: { stream: 'job/j1', to: 7 } });
  await sendTicks(to('sweeps'), 1_700_000_000_000);
  await to('graphs')({ body: { hash: 'a'.repeat(64) } });
  // State machines, clocks and rules write their messages themselves.
  sent.jobs.push(
    { jobId: 'j1', message: TO_JOB.nodeEntered },
    { jobId: 'j1', message: TO_JOB.outcomeAwaited },
  );
  const detail = { name: 'j1', executionArn: 'arn:aws:states:eu-west-1:1:execution:m:j1', status: 'FAILED' };
  sent.triggers.push(
    { kind: 'request', event: { id: 'e1', source: 'portal', detail: { priority: 'high' } } },
    { kind: 'workflow', event: { id: 'e1', detail: { ...detail, error: 'States.Runtime', cause: null } } },
  );
  return sent;
}

/** What today's engine sends and reads: of a released version, this is its fixture. */
export async function messagesOfToday(): Promise<MessageFixture> {
  const readers = Object.fromEntries(
    QUEUES.map((name) => [name, z.toJSONSchema(READERS[name], { io: 'input', unrepresentable: 'any' })]),
  ) as unknown as MessageFixture['readers'];
  return { version: MESSAGE_VERSION, sent: await sentToday(), readers };
}
