import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  DisableRuleCommand,
  EnableRuleCommand,
  EventBridgeClient,
  ListRulesCommand,
} from '@aws-sdk/client-eventbridge';
import { StopExecutionCommand } from '@aws-sdk/client-sfn';
import { parse } from 'yaml';
import { localClients } from '../../../../lib/localcloud/clients';
import { type Api, submit, waitForJob } from '../api';
import { clockOf } from '../clock';
import { executionOfJob } from '../executions';
import { type LocalEnvironment, ROOT } from '../local-environment';
import { COMPLETED, type ScriptedWorker } from '../scripted-worker';
import type { Deployed } from './deployed';

const PATIENCE_MS = 120_000;

const QUIET = { name: 'quiet', nodes: [{ id: 'a', run: 'x', timeout: '600s' }] };

interface Entry {
  readonly type: string;
  readonly actor: { readonly id: string };
}

/** What the reconciler finds on the local cloud, when its clock strikes. */
export function ofReconciling(of: () => Deployed): void {
  let local: LocalEnvironment;
  let worker: ScriptedWorker;
  let strike: () => Promise<void>;
  beforeAll(async () => {
    ({ local, worker } = of());
    strike = await clockOf(local, /Reconciler/);
  });

  it('a result that was never reported, and an execution that was stopped at the console, are found', async () => {
    const shop = parse(readFileSync(join(ROOT, 'statemachines', 'shop-regression.graph.yaml'), 'utf8'));
    let isStopped = false;
    worker.follow(({ node_id }) => {
      if (node_id === 'a') return { unreported: COMPLETED.completed };
      return isStopped ? COMPLETED : undefined;
    });
    const [quiet, stopped] = [await submit(local.user, QUIET), await submit(local.user, shop)];
    const isHeld = () => worker.requests.filter(({ job_id }) => job_id === stopped).length > 0;
    await waitForJob(local.user, stopped, isHeld, PATIENCE_MS);
    const { arn = '' } = (await executionOfJob(local, stopped)) ?? {};
    const { sfn } = localClients(local.deployment.endpoint);
    const told = async (jobId: string, type: string) =>
      (await eventsOf(local.user, jobId)).find((event) => event.type === type);
    const hear = await deafened(local);
    await sfn.send(new StopExecutionCommand({ executionArn: arn, error: 'ByHand' }));
    isStopped = true;
    for (const { job_id, node_id, attempt } of worker.requests)
      if (job_id === stopped) worker.complete(`${job_id}/${node_id}/${attempt}`);

    for (const end = Date.now() + PATIENCE_MS; ; ) {
      await strike();
      const found = [await told(quiet, 'attempt.succeeded'), await told(stopped, 'job.workflowEnded')];
      if (found.every((event) => event !== undefined)) break;
      if (Date.now() > end) throw new Error(`the reconciler did not find ${JSON.stringify(found)}`);
    }
    await hear();
    const reconciler = { kind: 'engine', id: 'reconciler' };
    expect((await told(quiet, 'attempt.succeeded'))?.actor).toEqual(reconciler);
    expect((await told(stopped, 'job.workflowEnded'))?.actor).toEqual(reconciler);
    await waitForJob(local.user, quiet, ({ status }) => status === 'succeeded', PATIENCE_MS);
    await local.user.post(`/jobs/${stopped}/cancel`, { reason: 'seen' });
  }, 300_000);
}

async function eventsOf(api: Api, jobId: string): Promise<readonly Entry[]> {
  return (await api.get(`/jobs/${jobId}/events?limit=1000`)).body.events ?? [];
}

const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };

/** Nobody hears that an execution has ended, as where EventBridge loses that. @returns lets it be heard again. */
async function deafened({ deployment }: LocalEnvironment): Promise<() => Promise<void>> {
  const events = new EventBridgeClient({ endpoint: deployment.endpoint, region: 'us-east-1', credentials });
  const { Rules = [] } = await events.send(new ListRulesCommand({}));
  const rule = Rules.find(({ EventPattern = '' }) => EventPattern.includes('Execution Status Change'));
  await events.send(new DisableRuleCommand({ Name: rule?.Name }));
  return async () => void (await events.send(new EnableRuleCommand({ Name: rule?.Name })));
}
