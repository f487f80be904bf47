import type { NodeExplanation } from '../../../../lib/contract/explanations';
import { SCOPES } from '../../../../lib/core/access/scopes';
import { type Api, eventually, isOver, submit, waitForJob } from '../api';
import type { LocalEnvironment } from '../local-environment';
import { COMPLETED, failedWith, type ScriptedWorker } from '../scripted-worker';
import type { Deployed } from './deployed';

const PATIENCE_MS = 120_000;

/** What the deployment lets suites ask for. */
export const LIMITS_OF_RETRIES = [{ suite: 'browser-*', strategies: ['fixed'], maxAttempts: 2 }];

/** `api` fails until it is repaired; `slow` waits for an hour before it is tried again. */
const GRAPH = {
  name: 'retried',
  nodes: [
    { id: 'api', run: 'x', timeout: '60s' },
    { id: 'report', run: 'x', timeout: '60s', needs: ['api'] },
    {
      id: 'slow',
      run: 'x',
      timeout: '60s',
      retry: { strategy: 'fixed', initialDelay: '1h', maxDelay: '1h', maxAttempts: 2 },
    },
  ],
};

/** Retries on request, long ones and limits of them, on the local cloud. */
export function ofRetries(of: () => Deployed): void {
  let local: LocalEnvironment;
  let worker: ScriptedWorker;
  let owner: Api;
  beforeAll(async () => {
    ({ local, worker } = of());
    owner = await local.as('tester', SCOPES.jobs, SCOPES.retryStandard);
  });

  describe('a deployed engine', () => {
    let id: string;

    it('waits for an hour by a schedule, and not at all when a person says so', async () => {
      worker.follow(({ node_id, attempt }) =>
        node_id === 'report' || attempt > 1 ? COMPLETED : failedWith('down'),
      );
      id = await submit(owner, GRAPH);
      await waitForJob(
        owner,
        id,
        ({ nodes }) => nodes['slow']?.status === 'backoff' && nodes['report']?.status === 'skipped',
        PATIENCE_MS,
      );
      const unknown = await owner.post(`/jobs/${id}/retry`, { nodes: ['slow', 'slower'] });
      expect([unknown.status, unknown.body.problems?.[0]?.path]).toEqual([404, 'nodes[1]']);
      expect((await owner.post(`/jobs/${id}/retry`, { nodes: ['slow'], level: 1 })).status).toBe(202);
      const over = await waitForJob(owner, id, isOver, PATIENCE_MS);
      expect(over).toMatchObject({ status: 'failed', nodes: { slow: { status: 'succeeded', attempts: 2 } } });
    }, 300_000);

    it('runs again what failed of a job that is over', async () => {
      expect((await owner.post(`/jobs/${id}/retry`, { reason: 'repaired' })).status).toBe(202);
      const over = await waitForJob(owner, id, ({ status }) => status === 'succeeded', PATIENCE_MS);
      expect(over.nodes).toMatchObject({
        api: { attempts: 2 },
        report: { status: 'succeeded' },
        slow: { attempts: 2 },
      });
    }, 200_000);

    it('tries nothing again of one that has succeeded, and says so', async () => {
      const { status, body } = await owner.post(`/jobs/${id}/retry`, { reason: 'once more' });
      expect([status, body.code, body.state]).toEqual([409, 'STATE_CONFLICT', 'succeeded']);
    }, 60_000);

    it('explains a node from the journal', async () => {
      const { status, body } = await owner.get(`/jobs/${id}/nodes/slow/explanation`);
      expect(status).toBe(200);
      expect(body as NodeExplanation).toMatchObject({
        attempts: [{ end: 'failed', next: { delay_seconds: 3_600 } }, { end: 'succeeded' }],
        outcome: 'succeeded',
      });
      expect((await owner.get(`/jobs/${id}/nodes/api/explanation`)).body).toMatchObject({
        requests: [{ by: 'tester', reason: 'repaired', level: 2 }],
      });
      expect((await owner.get(`/jobs/${id}/nodes/none/explanation`)).status).toBe(404);
    }, 60_000);

    it('refuses whoever may not, and keeps that in the journal of the job', async () => {
      const plain = await local.as('tester', SCOPES.jobs, SCOPES.retryBasic);
      expect((await plain.post(`/jobs/${id}/retry`, { reason: 'sneaky' })).status).toBe(403);
      const events = await eventually(async () => {
        const { body } = await owner.get(`/jobs/${id}/events?limit=1000`);
        return JSON.stringify(body).includes('job.retryRefused') ? JSON.stringify(body) : undefined;
      }, PATIENCE_MS);
      expect(events).toContain('sneaky');
    }, 200_000);

    it('takes no graph that asks for more retries than its suite may have', async () => {
      const node = { id: 'ui', suite: 'browser-smoke', retry: { strategy: 'linear', maxAttempts: 5 } };
      const { status, body } = await owner.post('/jobs', {
        execution_graph: { name: 'greedy', nodes: [node] },
      });
      expect(status).toBe(400);
      expect(body.code).toBe('RETRY_LIMITED');
      expect(body.problems.map(({ path }: { path: string }) => path)).toEqual([
        'nodes[0].retry.strategy',
        'nodes[0].retry.maxAttempts',
      ]);
    }, 60_000);
  });
}
