import { InvokeCommand, LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import {
  GetQueueAttributesCommand,
  ListMessageMoveTasksCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import { redriveBody } from '../../../../lib/adapters/aws/queues/queue-messages';
import type { LetterView } from '../../../../lib/contract/letters';
import { SCOPES } from '../../../../lib/core/access/scopes';
import { localClients } from '../../../../lib/localcloud/clients';
import { type QueueDepth, queueDepths } from '../../../../lib/localcloud/queues';
import { type Api, eventually, isOver, submit, waitForJob } from '../api';
import { executionsOf, tasksOf } from '../executions';
import type { LocalEnvironment } from '../local-environment';
import { COMPLETED, failedWith, type ScriptedWorker } from '../scripted-worker';
import type { Deployed } from './deployed';

const PATIENCE_MS = 120_000;
const CREDENTIALS = { accessKeyId: 'test', secretAccessKey: 'test' };

/** `till` fails twice, until it is repaired. */
const GRAPH = {
  name: 'parked',
  nodes: [
    { id: 'build', run: 'x', timeout: '60s' },
    {
      ...{ id: 'till', run: 'x', timeout: '60s', needs: ['build'] },
      retry: { strategy: 'fixed', initialDelay: '1s', maxDelay: '1s', maxAttempts: 2 },
    },
    { id: 'report', run: 'x', timeout: '60s', needs: ['till'] },
  ],
};

/** Letters in the DLQ of SQS, redriven as the console does it, and poisoned messages among them. */
export function ofLetters(of: () => Deployed): void {
  let local: LocalEnvironment;
  let worker: ScriptedWorker;
  let owner: Api;
  beforeAll(async () => {
    ({ local, worker } = of());
    owner = await local.as('letter-owner', SCOPES.jobs, SCOPES.retryStandard);
  });
  const sqs = () => localClients(local.deployment.endpoint).sqs;
  const queue = async (name: string): Promise<QueueDepth> => {
    const found = (await queueDepths(sqs())).find((each) => each.name === name);
    if (!found) throw new Error(`there is no queue ${name}`);
    return found;
  };
  /** Looks at what lies there, and leaves it to be had by others. */
  const lying = async (url: string): Promise<Message[]> => {
    const { Messages = [] } = await sqs().send(
      new ReceiveMessageCommand({
        ...{ QueueUrl: url, MaxNumberOfMessages: 10, VisibilityTimeout: 0 },
        ...{ MessageSystemAttributeNames: ['All'], MessageAttributeNames: ['All'] },
      }),
    );
    return Messages;
  };
  const arnOf = async (url: string) => {
    const command = new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['QueueArn'] });
    return (await sqs().send(command)).Attributes?.['QueueArn'] ?? '';
  };

  /** Has the keeper look through the DLQs now, and not within five minutes. */
  const lookAfter = async () => {
    const { endpoint } = local.deployment;
    const lambda = new LambdaClient({ endpoint, region: 'us-east-1', credentials: CREDENTIALS });
    const { Functions = [] } = await lambda.send(new ListFunctionsCommand({ MaxItems: 10_000 }));
    const keeper = Functions.find(({ FunctionName = '' }) => /LettersKeeper/i.test(FunctionName));
    const invocation = new InvokeCommand({ FunctionName: keeper?.FunctionName });
    const { FunctionError, Payload } = await lambda.send(invocation);
    if (FunctionError) throw new Error(`the keeper failed: ${Payload?.transformToString()}`);
  };

  describe('a node that failed for good', () => {
    let id: string;
    let letter: Message;

    it('lies as a letter in the DLQ of `redrive`, which knows where it came from', async () => {
      worker.follow(({ node_id }) => (node_id === 'till' ? failedWith('the till is closed') : COMPLETED));
      id = await submit(owner, GRAPH);
      await waitForJob(owner, id, isOver, PATIENCE_MS);
      const { url } = await queue('redrive dlq');
      letter = await eventually(
        async () => (await lying(url)).find(({ Body = '' }) => JSON.parse(Body).jobId === id),
        PATIENCE_MS,
      );
      expect(redriveBody.parse(JSON.parse(letter.Body ?? ''))).toMatchObject({
        kind: 'letter',
        nodeId: 'till',
      });
      expect(letter.Attributes?.DeadLetterQueueSourceArn).toBe(await arnOf((await queue('redrive')).url));
    }, 200_000);

    it('runs again when somebody starts a DLQ redrive in the console of SQS, and nothing that was done does', async () => {
      worker.follow(() => COMPLETED);
      const executions = async () => (await executionsOf(local)).filter(({ name }) => name.startsWith(id));
      const before = await executions();
      const requests = worker.requests.length;
      const tasks = await tasksOf(local, before);
      const SourceArn = await arnOf((await queue('redrive dlq')).url);
      await sqs().send(new StartMessageMoveTaskCommand({ SourceArn }));
      const { Results } = await sqs().send(new ListMessageMoveTasksCommand({ SourceArn }));
      expect(Results?.[0]?.Status).toBe('COMPLETED');

      const over = await waitForJob(owner, id, ({ status }) => status === 'succeeded', PATIENCE_MS);
      expect(over.nodes).toMatchObject({
        build: { status: 'succeeded', attempts: 1 },
        till: { status: 'succeeded', attempts: 3 },
        report: { status: 'succeeded', attempts: 1 },
      });
      // A worker may be asked twice for one attempt, and knows it again.
      const asked = worker.requests.slice(requests).filter(({ job_id }) => job_id === id);
      expect([...new Set(asked.map(({ node_id }) => node_id))]).toEqual(['till', 'report']);
      const { body } = await owner.get(`/jobs/${id}/events?limit=1000`);
      const events = body.events as readonly { type: string; data: { nodeId?: string } }[];
      const ofBuild = events.filter(({ data }) => data.nodeId === 'build').map(({ type }) => type);
      expect(ofBuild.filter((type) => type === 'node.completed')).toHaveLength(1);
      const after = await executions();
      expect([after.length, await tasksOf(local, after)]).toEqual([before.length, tasks]);
    }, 200_000);

    it('has a letter that is resolved by that, and lies in the DLQ no more', async () => {
      const { group } = redriveBody.parse(JSON.parse(letter.Body ?? ''));
      const found = await eventually(async () => {
        const { letters } = (await owner.get(`/letters/${group}`)).body;
        return letters.find(({ job_id, status }: LetterView) => job_id === id && status === 'resolved');
      }, PATIENCE_MS);
      expect(found).toMatchObject({ node_id: 'till', redriven: 1, resolved: { how: 'retried' } });
      const { url } = await queue('redrive dlq');
      expect((await lying(url)).filter(({ Body = '' }) => JSON.parse(Body).jobId === id)).toEqual([]);
    }, 200_000);
  });
  describe('a poisoned message', () => {
    it('is in the list of letters, and goes back to its queue with the text that an administrator gives it', async () => {
      const admin = await local.as('root', SCOPES.jobs, SCOPES.admin);
      const [pools, dlq] = [await queue('pools'), await queue('pools dlq')];
      const sent = { QueueUrl: pools.url, MessageGroupId: 'default', MessageDeduplicationId: 'poison' };
      await sqs().send(new SendMessageCommand({ ...sent, MessageBody: '{"to":"nobody"}' }));
      await eventually(async () => ((await lying(dlq.url)).length > 0 ? true : undefined), PATIENCE_MS);
      await lookAfter();
      const group = await eventually(async () => {
        const { body } = await admin.get('/letters?kind=message&status=open');
        const groups = body.groups as readonly { group: string; said: string; letters: number }[];
        return groups.find(({ said }) => said.includes('"nobody"'))?.group;
      }, PATIENCE_MS);
      const shown = (await admin.get(`/letters/${group}`)).body;
      expect(shown).toMatchObject({
        kind: 'message',
        owner: '',
        letters: [{ queue: 'pools', status: 'open' }],
      });
      expect((await owner.get(`/letters/${group}`)).status).toBe(404);

      // What the sweeper says each minute: a pool is told that time has passed.
      const actor = { kind: 'engine', id: 'test' };
      const text = {
        to: { kind: 'pool', id: 'default' },
        message: { type: 'sweep', wellSince: 0 },
        id: 'mended',
        actor,
      };
      const redrive = { input: { body: JSON.stringify(text) }, reason: 'mended by hand' };
      expect((await admin.post(`/letters/${group}/redrive`, redrive)).status).toBe(200);
      await eventually(async () => {
        const [letter] = (await admin.get(`/letters/${group}`)).body.letters;
        return letter.status === 'resolved' ? true : undefined;
      }, PATIENCE_MS);
      await lookAfter();
      await eventually(async () => {
        const { visible, inFlight } = await queue('pools dlq');
        return visible + inFlight === 0 ? true : undefined;
      }, PATIENCE_MS);
      // Read, and not poisoned again.
      await eventually(async () => {
        const { visible, inFlight } = await queue('pools');
        return visible + inFlight === 0 ? true : undefined;
      }, PATIENCE_MS);
      await lookAfter();
      const { body } = await admin.get('/letters?kind=message&status=open');
      expect(body.groups).toEqual([]);
    }, 300_000);
  });
}
