import {
  GetQueueAttributesCommand,
  ListMessageMoveTasksCommand,
  type Message,
  ReceiveMessageCommand,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import { redriveBody } from '../../../../lib/adapters/aws/queues/queue-messages';
import { SCOPES } from '../../../../lib/core/access/scopes';
import { localClients } from '../../../../lib/localcloud/clients';
import { type QueueDepth, queueDepths } from '../../../../lib/localcloud/queues';
import { type Api, eventually, isOver, submit, waitForJob } from '../api';
import { executionsOf, tasksOf } from '../executions';
import type { LocalEnvironment } from '../local-environment';
import { COMPLETED, failedWith, type ScriptedWorker } from '../scripted-worker';
import type { Deployed } from './deployed';

const PATIENCE_MS = 120_000;

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
  });
}
