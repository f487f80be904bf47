import { type FlakesView, flakesResponse } from '../../../../lib/contract/history';
import { SCOPES } from '../../../../lib/core/access/scopes';
import { type Api, eventually, isOver, submit, waitForJob } from '../api';
import type { LocalEnvironment } from '../local-environment';
import { COMPLETED, failedWith } from '../scripted-worker';
import type { Deployed } from './deployed';

const NODE = { timeout: '60s', retry: { strategy: 'fixed', initialDelay: '100ms', maxAttempts: 2 } };
const GRAPH = {
  name: 'shop',
  nodes: [
    { id: 'cart', run: 'cart', ...NODE },
    { id: 'broken', run: 'broken', ...NODE },
    { id: 'report', run: 'report', ...NODE, needs: ['broken'] },
  ],
};

/** What is learned of jobs, on the local cloud. */
export function ofHistory(of: () => Deployed): void {
  let local: LocalEnvironment;
  let ana: Api;
  async function flakesOnce(done: (flakes: FlakesView['flakes']) => boolean) {
    return eventually(async () => {
      const { flakes } = flakesResponse.parse((await ana.get('/history/flakes')).body);
      return done(flakes) ? flakes : undefined;
    }, 60_000);
  }

  describe('the history of the local cloud', () => {
    beforeAll(async () => {
      const deployed = of();
      local = deployed.local;
      deployed.worker.follow(({ node_id, attempt }) =>
        node_id === 'broken' || (node_id === 'cart' && attempt === 1) ? failedWith('exit 1') : COMPLETED,
      );
      ana = await local.as('ana', SCOPES.jobs);
    });

    it('learns of a job once it has ended, and makes warnings of what is quarantined from then on', async () => {
      const first = await waitForJob(ana, await submit(ana, GRAPH), isOver, 120_000);
      expect(first.status).toBe('failed');

      const flakes = await flakesOnce((known) => known.length === 2);
      const of = (wanted: string) => flakes.find(({ name }) => name === wanted);
      expect(of('cart')).toMatchObject({ of: 'node', verdict: 'flaky', attempts: 2, failures: 1 });
      expect(of('broken')).toMatchObject({ verdict: 'unknown' });

      const bob = await local.as('bob', SCOPES.jobs);
      expect((await bob.get('/history/flakes')).body).toEqual({ flakes: [] });

      const expires_at = new Date(Date.now() + 3_600_000).toISOString();
      const quarantine = { of: 'node', name: 'broken', owner: 'team-shop', reason: 'SHOP-12', expires_at };
      expect((await ana.put(`/quarantines/${of('broken')?.id}`, quarantine)).status).toBe(200);

      const second = await waitForJob(ana, await submit(ana, GRAPH), isOver, 120_000);
      expect(second.status).toBe('succeeded');
      expect(second.nodes['broken']).toMatchObject({
        ...{ status: 'succeeded', attempts: 2 },
        warning: expect.stringContaining('team-shop'),
      });
      expect(second.nodes['report']).toMatchObject({ status: 'succeeded' });
    }, 420_000);
  });
}
