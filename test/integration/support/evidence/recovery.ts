import { SCOPES } from '../../../../lib/core/access/scopes';
import { type Api, isOver, submit, waitForJob } from '../api';
import type { LocalEnvironment } from '../local-environment';
import { type ScriptedWorker, startScriptedWorker } from '../scripted-worker';
import { type SilentWorker, startSilentWorker } from '../silent-worker';
import type { Deployed } from './deployed';

const PATIENCE_MS = 120_000;
/** From the death of a worker to the offer of the next attempt, as docs/recovery.md promises it. */
const PROMISE_MS = 60_000;

const node = (id: string) => ({ id, run: 'x', timeout: '10m', labels: [id] });
const GRAPH = { name: 'recovered', nodes: [node('pushed'), node('pulled')] };

interface JournalEvent {
  readonly type: string;
  readonly at: number;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Workers that die in the middle of an attempt, on the local cloud, at the cadence of AWS. */
export function ofRecovery(of: () => Deployed): void {
  let local: LocalEnvironment;
  let owner: Api;
  const started: (ScriptedWorker | SilentWorker)[] = [];
  beforeAll(async () => {
    ({ local } = of());
    owner = await local.as('tester', SCOPES.jobs);
  });
  afterAll(async () => {
    for (const worker of started) await ('stop' in worker ? worker.stop() : worker.close());
  });

  describe('a worker that dies', () => {
    // What is tried after it in this environment is for the worker of all.
    afterAll(async () => {
      const admin = await local.as('admin', SCOPES.admin);
      const { status } = await admin.post('/workers/heir/cordon', { reason: 'it has played its part' });
      expect(status).toBe(202);
    });

    it('has its attempt given to another within a minute, whether it is called or keeps a connection', async () => {
      const called = await startScriptedWorker(local.worker, 'dies-called', ['pushed']);
      // It reports the start, and nothing after it.
      called.follow(() => undefined);
      const token = await local.tokenFor('test-node', SCOPES.worker);
      const connected = await startSilentWorker(local.worker, token, {
        ...{ workerId: 'dies-connected', labels: ['pulled'] },
      });
      started.push(connected);
      const id = await submit(owner, GRAPH);
      await waitForJob(
        owner,
        id,
        ({ nodes }) => nodes['pushed']?.status === 'running' && nodes['pulled']?.status === 'running',
        PATIENCE_MS,
      );
      started.push(await startScriptedWorker(local.worker, 'heir', ['pushed', 'pulled']));
      await called.stop();
      connected.fallSilent();
      const deadAt = Date.now();
      expect(await waitForJob(owner, id, isOver, PATIENCE_MS)).toMatchObject({ status: 'succeeded' });

      const { body } = await owner.get(`/jobs/${id}/events?limit=1000`);
      const events = body.events as readonly JournalEvent[];
      for (const { id: nodeId } of GRAPH.nodes) {
        const of = (type: string, attempt: number) =>
          events.find((each) => {
            return each.type === type && each.data['nodeId'] === nodeId && each.data['attempt'] === attempt;
          });
        expect(of('recovery.initiated', 2)?.data).toMatchObject({
          cause: 'workerLost',
          strategy: 'reassign',
        });
        expect((of('node.ready', 2)?.at ?? Number.NaN) - deadAt).toBeLessThan(PROMISE_MS);
        expect(of('attempt.started', 2)?.data).toMatchObject({ workerId: 'heir' });
        expect(of('recovery.completed', 2)?.data).toMatchObject({ strategy: 'reassign' });
      }
      expect((await owner.get(`/jobs/${id}/nodes/pulled/explanation`)).body).toMatchObject({
        attempts: [
          { end: 'lost', recovery: { strategy: 'reassign', end: 'completed' } },
          { end: 'succeeded' },
        ],
      });
    }, 400_000);
  });
}
