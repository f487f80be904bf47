import { ListExecutionsCommand, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { SCOPES } from '../../../../lib/core/access/scopes';
import { runnerName } from '../../../../lib/core/dag/emit/machine-names';
import { localClients } from '../../../../lib/localcloud/clients';
import { type Api, eventually, isOver, submit, waitForJob } from '../api';
import { COMPLETED, failedWith, type ScriptedWorker } from '../scripted-worker';
import type { Deployed } from './deployed';

const PATIENCE_MS = 120_000;

const graph = (api: string) => ({
  name: 'resumed',
  nodes: [
    { id: 'build', run: 'b', timeout: '60s' },
    { id: 'api', run: api, timeout: '60s', needs: ['build'] },
    { id: 'old', run: 'o', timeout: '60s' },
    { id: 'report', run: 'r', timeout: '60s', needs: ['api'] },
  ],
});

/** An ended job that goes on over a changed graph, and executions beside it, on the local cloud. */
export function ofResume(of: () => Deployed): void {
  let worker: ScriptedWorker;
  let owner: Api;
  let runner: string;
  let sfn: ReturnType<typeof localClients>['sfn'];
  beforeAll(async () => {
    const { local } = of();
    ({ worker } = of());
    owner = await local.as('tester', SCOPES.jobs, SCOPES.retryStandard);
    runner = runnerName(local.deployment.machineArnPrefix);
    ({ sfn } = localClients(local.deployment.endpoint));
  });

  /** How the executions of a job on the machine that runs any graph stand, by name. */
  async function executionsOf(jobId: string): Promise<Record<string, string>> {
    const { executions = [] } = await sfn.send(new ListExecutionsCommand({ stateMachineArn: runner }));
    const own = executions.filter(({ name }) => name?.startsWith(jobId));
    return Object.fromEntries(own.map(({ name, status }) => [name, status ?? '']));
  }

  const executionsAre = (jobId: string, expected: Record<string, string>) =>
    eventually(async () => {
      const found = await executionsOf(jobId);
      return JSON.stringify(Object.entries(found).sort()) === JSON.stringify(Object.entries(expected).sort())
        ? found
        : undefined;
    }, PATIENCE_MS);

  describe('a job that has failed', () => {
    let id: string;

    it('says what another graph would run of it', async () => {
      worker.follow(({ node_id, attempt }) =>
        node_id === 'api' && attempt === 1 ? failedWith('broken') : COMPLETED,
      );
      id = await submit(owner, graph('x'));
      await waitForJob(owner, id, isOver, PATIENCE_MS);
      const { nodes, ...rest } = graph('mended');
      const body = { execution_graph: { ...rest, nodes: nodes.filter(({ id }) => id !== 'old') } };
      const dry = await owner.post(`/jobs/${id}/resume`, { ...body, dry_run: true });
      expect(dry).toMatchObject({
        status: 200,
        body: {
          ...{ status: 'failed', runs: 2, keeps: 1, gone: ['old'] },
          nodes: { build: { why: 'kept' }, api: { why: 'changed' }, report: { why: 'skipped' } },
        },
      });
      const resumed = await owner.post(`/jobs/${id}/resume`, { graph_hash: dry.body.graph_hash });
      expect(resumed).toMatchObject({ status: 202, body: { runs: 2 } });
    }, 300_000);

    it('goes on over it by an execution of its own, and does not run what is done', async () => {
      const over = await waitForJob(owner, id, ({ status }) => status === 'succeeded', PATIENCE_MS);
      expect(over).toMatchObject({
        run: 2,
        nodes: { build: { attempts: 1 }, api: { attempts: 2 }, report: { attempts: 1 } },
      });
      await executionsAre(id, { [id]: 'FAILED', [`${id}-run-2`]: 'SUCCEEDED' });
    }, 200_000);

    it('is as it was where an execution of it is begun beside, and that comes to its end', async () => {
      const { checkpoint, ...before } = (await owner.get(`/jobs/${id}`)).body;
      const name = `${id}-by-hand`;
      const input = JSON.stringify({ jobId: id });
      await sfn.send(new StartExecutionCommand({ stateMachineArn: runner, name, input }));
      const beside = { [id]: 'FAILED', [`${id}-run-2`]: 'SUCCEEDED', [name]: 'SUCCEEDED' };
      await executionsAre(id, beside);
      const { checkpoint: later, ...after } = (await owner.get(`/jobs/${id}`)).body;
      expect(after).toEqual(before);
      expect(later).toBeGreaterThan(checkpoint);
    }, 200_000);
  });
}
