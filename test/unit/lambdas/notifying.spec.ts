import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import type { SQSEvent } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { auditResponse } from '../../../lib/contract/audit';
import { targetView } from '../../../lib/contract/notifications';
import type { NotificationsInput } from '../../../lib/core/notify/rules';
import { MeteredCloud } from '../../support/bill/cloud';
import { startWebhookReceiver, type WebhookReceiver } from '../../support/webhook-receiver';
import { request } from './request';

const url = (name: string) => `https://sqs.us-east-1.amazonaws.com/111122223333/${name}`;
const arnOf = (name: string) => `arn:aws:ssm:us-east-1:111122223333:parameter/${name}`;

Object.assign(process.env, {
  ...{ TABLE_NAME: 't', BUCKET_NAME: 'b', EVENT_BUS_NAME: 'bus', SECRET_ARN: 'secret', SCHEDULE_GROUP: 'g' },
  ...Object.fromEntries(
    ['JOBS', 'POOLS', 'DEPENDENCIES', 'LETTERS', 'TARGETS'].map((name) => [
      `${name}_QUEUE_URL`,
      url(`${name.toLowerCase()}.fifo`),
    ]),
  ),
  ...Object.fromEntries(
    ['REDRIVE', 'DISPATCH', 'TIMERS', 'EFFECTS', 'GRAPHS', 'TRIGGERS', 'DELIVERIES'].map((name) => [
      `${name}_QUEUE_URL`,
      url(name.toLowerCase()),
    ]),
  ),
  ...{
    QUEUE_URL: url('own'),
    DLQ_URL: url('own-dlq'),
    TIMERS_QUEUE_ARN: 'arn:timers',
    TIMERS_DLQ_ARN: 'arn:dlq',
  },
  ...{ TRIGGERS_QUEUE_ARN: 'arn:q', TRIGGERS_DLQ_ARN: 'arn:dlq', SCHEDULER_ROLE_ARN: 'arn:role' },
  ...{ GRAPH_RUNNER_ARN: 'arn:runner', MACHINE_ARN_PREFIX: 'arn:machine-', MACHINE_VERSIONS: 'on' },
  ...{ MACHINE_ROLE_ARN: 'arn:role', MACHINE_LOG_ARN: 'arn:log', SOCKET_URL: 'wss://socket' },
  ...{ NOTIFICATIONS_ARN: arnOf('rules'), RECEIVER_CIDRS: '127.0.0.0/8' },
  ...{ POWERTOOLS_METRICS_NAMESPACE: 'Reprise', POWERTOOLS_SERVICE_NAME: 'deliver', POWERTOOLS_DEV: 'true' },
  ...{ POWERTOOLS_METRICS_DISABLED: 'false', AWS_LAMBDA_FUNCTION_NAME: 'f' },
});

const mockCloud = new MeteredCloud();
jest.mock('../../../lambdas/shared/clients/dynamo', () => ({ dynamo: () => mockCloud.table.client }));
jest.mock('../../../lambdas/shared/clients/sqs', () => ({
  sqs: () => mockCloud.sqs,
  sqsOnce: () => mockCloud.sqs,
}));
jest.mock('../../../lambdas/shared/clients/s3', () => ({ s3: () => mockCloud.s3 }));
jest.mock('../../../lambdas/shared/clients/event-bridge', () => ({
  eventBridge: () => mockCloud.eventBridge,
}));

/** The functions, loaded when all above is in place. */
const load = async (name: string) => (await import(`../../../lambdas/${name}/handler`)).handler;

const hook = (name: string) => ({
  ...{ type: 'webhook' as const, url: { arn: arnOf('hook-url') }, secret: { arn: arnOf(name) } },
});
const RULES: NotificationsInput = {
  targets: { team: hook('hook-secret'), other: hook('other-secret') },
  rules: [
    { name: 'failures', events: ['orchestration.execution.failed'], targets: ['team'] },
    { name: 'recoveries', events: ['orchestration.recovery.*'], targets: ['other'] },
  ],
};

const ssm = mockClient(SSMClient);
let now = Date.UTC(2026, 10, 29, 12);
let receiver: WebhookReceiver;
let rules: NotificationsInput;
const printed: string[] = [];
const spies: jest.SpyInstance[] = [];

beforeAll(async () => {
  spies.push(jest.spyOn(Date, 'now').mockImplementation(() => now));
  for (const level of ['log', 'info', 'warn', 'error', 'debug'] as const)
    spies.push(
      jest.spyOn(console, level).mockImplementation((...said) => void printed.push(String(said[0]))),
    );
  receiver = await startWebhookReceiver();
  ssm.on(GetParameterCommand).callsFake(({ Name }) => {
    const values: Record<string, string> = {
      [arnOf('rules')]: JSON.stringify(rules),
      [arnOf('hook-url')]: receiver.url,
      [arnOf('hook-secret')]: receiver.secret,
    };
    const Value = values[Name];
    if (Value === undefined) throw Object.assign(new Error(Name), { name: 'ParameterNotFound' });
    return { Parameter: { Value } };
  });
});
afterAll(async () => {
  for (const spy of spies) spy.mockRestore();
  await receiver.close();
});
beforeEach(() => {
  rules = RULES;
  // What the functions know of parameters holds for a minute.
  now += 10 * 60_000;
  receiver.received.splice(0);
  printed.splice(0);
});

/** An event as a rule of the bus hands it to the queue. */
function busEvent(type: string, id: string, detail: object = {}) {
  const at = new Date(now).toISOString();
  return {
    ...{ version: '0', id: 'x', source: 'reprise', 'detail-type': type, time: at },
    detail: {
      id,
      at,
      reprise_owner: 'ana',
      reprise_version: 1,
      jobId: 'j1',
      name: 'shop',
      traceId: 't1',
      ...detail,
    },
  };
}

const sqsEvent = (...bodies: readonly object[]): SQSEvent =>
  ({
    Records: bodies.map((body, i) => ({
      ...{ messageId: `m${i}`, receiptHandle: 'r', body: JSON.stringify(body), messageAttributes: {} },
      attributes: { ApproximateReceiveCount: '1' },
    })),
  }) as unknown as SQSEvent;

/** The bus says something, and the functions run until nothing is left to do. */
async function hear(...events: readonly object[]): Promise<unknown> {
  const answer = await mockCloud.invoke(await load('notices'), sqsEvent(...events));
  await drain();
  return answer;
}

async function drain(): Promise<void> {
  for (let isBusy = true; isBusy; ) {
    isBusy = await mockCloud.deliver('targets.fifo', await load('target-inputs'), 10);
    isBusy = (await mockCloud.deliver('deliveries', await load('deliver'), 1)) || isBusy;
  }
}

/** The clock goes on to a time that a timer was set for. */
async function wait(ms: number): Promise<void> {
  now += ms;
  await mockCloud.deliver('timers', await load('timers'), 10);
  await drain();
}

const ADMIN = 'orchestration.admin';
async function manage(route: string, body?: object) {
  const [, name] = /notifications\/(\w+)/.exec(route) ?? [];
  const resource = route.replace(/notifications\/\w+/, 'notifications/{name}');
  return request(await load('manage-notifications'), {
    ...{ route: resource, params: name === undefined ? {} : { name }, subject: 'root', scopes: ADMIN },
    ...(body === undefined ? {} : { body }),
  });
}
const viewOf = async (name: string) => targetView.parse((await manage(`GET /notifications/${name}`)).body);

describe('an event of the bus, on the functions of AWS', () => {
  it('reaches the webhook that a rule names, signed, with the trace of its job', async () => {
    await hear(busEvent('orchestration.execution.failed', 'e1', { jobId: 'a' }));
    expect(receiver.received).toMatchObject([
      {
        type: 'orchestration.execution.failed',
        data: { id: 'e1', job_id: 'a', graph: 'shop', owner: 'ana', event: { traceId: 't1' } },
      },
    ]);
    expect(await viewOf('team')).toMatchObject({ waiting: 0, parked: 0, recent: [{ outcome: 'succeeded' }] });
  });

  it('is told once, however often the bus brings it, and not at all where no rule names it', async () => {
    const event = busEvent('orchestration.execution.failed', 'e2', { jobId: 'b' });
    await hear(event, event);
    await hear(event, busEvent('orchestration.execution.completed', 'e3', { jobId: 'b' }));
    expect(receiver.received.map(({ data }) => data['id'])).toEqual(['e2']);
  });

  it('goes by the rules as the parameter has them now', async () => {
    rules = { ...RULES, rules: [] };
    await hear(busEvent('orchestration.execution.failed', 'e4', { jobId: 'c' }));
    expect(receiver.received).toEqual([]);
  });

  it('that is none goes to the DLQ with the reason, and holds up no other', async () => {
    const good = busEvent('orchestration.execution.failed', 'e5', { jobId: 'd' });
    expect(await hear({ 'detail-type': 'x', detail: {} }, good)).toEqual({ batchItemFailures: [] });
    mockCloud.drop('own-dlq');
    expect(receiver.received.map(({ data }) => data['id'])).toEqual(['e5']);
    expect(printed.join('\n')).toContain('InputsPoisoned');
  });
});

describe('a delivery that is not taken', () => {
  it('is tried again after a while, under the same id', async () => {
    receiver.refusals.push(503);
    await hear(busEvent('orchestration.execution.failed', 'r1', { jobId: 'e' }));
    const { waiting, recent } = await viewOf('team');
    expect([waiting, recent[0]]).toEqual([1, expect.objectContaining({ outcome: 'failed', to: 'team' })]);
    await wait(5_000);
    expect(receiver.received).toMatchObject([{ data: { id: 'r1' } }]);
  });

  it('is parked where another try cannot help, and counted for the alarm; a person has it sent again', async () => {
    receiver.refusals.push(410);
    await hear(busEvent('orchestration.execution.failed', 'p1', { jobId: 'f' }));
    expect(await viewOf('team')).toMatchObject({
      ...{ parked: 1, parked_deliveries: [{ id: 'p1', attempts: 1, why: expect.stringContaining('410') }] },
    });
    const measured = printed.flatMap((line) =>
      line.includes('"DeliveriesEnded"') ? [JSON.parse(line)] : [],
    );
    expect(measured).toEqual([
      expect.objectContaining({ service: 'engine', outcome: 'parked', DeliveriesEnded: 1 }),
    ]);
    expect((await manage('POST /notifications/team/redrive', {})).status).toBe(200);
    await drain();
    expect(receiver.received).toMatchObject([{ data: { id: 'p1' } }]);
    expect(await viewOf('team')).toMatchObject({ parked: 0, waiting: 0 });
  });

  it('is parked where its secret is not there, or its target is no longer in the rules', async () => {
    await hear(busEvent('orchestration.recovery.completed', 's1', { jobId: 'g' }));
    expect((await viewOf('other')).parked_deliveries).toMatchObject([
      { id: 's1', why: expect.stringContaining('other-secret') },
    ]);
    await mockCloud.invoke(
      await load('notices'),
      sqsEvent(busEvent('orchestration.execution.failed', 's2', { jobId: 'h' })),
    );
    rules = { targets: { other: hook('other-secret') }, rules: [] };
    now += 61_000;
    await drain();
    rules = RULES;
    now += 61_000;
    expect((await viewOf('team')).parked_deliveries).toMatchObject([
      { id: 's2', why: 'the rules have no target team any more' },
    ]);
  });
});

describe('who manages notifications', () => {
  it('sees all targets, and sends a sample', async () => {
    const { body } = await manage('GET /notifications');
    expect(body.targets.map(({ name }: { name: string }) => name)).toEqual(['other', 'team']);
    expect((await manage('POST /notifications/team/test', {})).status).toBe(200);
    await drain();
    expect(receiver.received).toMatchObject([{ data: { sample: true } }]);
  });

  it('is told of a target that is not there', async () => {
    const { status, body } = await manage('GET /notifications/nobody');
    expect(status).toBe(404);
    expect(JSON.stringify(body)).toContain('the rules have no target nobody: they have team, other');
  });
});

describe('the audit trail of these calls', () => {
  const trail = async (query: Record<string, string> = {}, caller = { subject: 'root', scopes: ADMIN }) =>
    request(await load('get-audit'), { route: 'GET /audit', query, ...caller });

  it('has who asked for what, and how that came out, for administrators', async () => {
    const { records } = auditResponse.parse((await trail()).body);
    const said = records.map(({ principal, action, outcome }) => [principal, action, outcome]);
    expect(said).toContainEqual(['root', 'POST /notifications/{name}/redrive', 'accepted']);
    const { records: samples } = auditResponse.parse((await trail({ action: 'test' })).body);
    expect(samples).toMatchObject([{ action: 'POST /notifications/{name}/test', resource: 'target/team' }]);
  });

  it('has for others what they did themselves, and pages that go on where they ended', async () => {
    const ana = { subject: 'ana', scopes: 'orchestration.jobs' };
    expect(auditResponse.parse((await trail({}, ana)).body).records).toEqual([]);
    const first = auditResponse.parse((await trail({ limit: '1' })).body);
    expect(first.records).toHaveLength(1);
    const next = auditResponse.parse((await trail({ limit: '1', cursor: first.next_cursor ?? '' })).body);
    expect(next.records[0]).not.toEqual(first.records[0]);
    expect((await trail({ cursor: 'none' })).status).toBe(400);
  });
});
