import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { type TriggerView, triggerView } from '../../../../lib/contract/triggers';
import { SCOPES } from '../../../../lib/core/access/scopes';
import { type Api, eventually, isOver, waitForJob } from '../api';
import type { BusSubscriber } from '../bus-subscriber';
import type { LocalEnvironment } from '../local-environment';
import { COMPLETED, type ScriptedWorker } from '../scripted-worker';
import type { Deployed } from './deployed';

const NODES = [
  { id: 'build', run: 'make', timeout: '60s' },
  { id: 'test', run: 'make test', timeout: '60s', needs: ['build'], when: "parameters.branch = 'main'" },
];
const JOB = { execution_graph: { name: 'shop', nodes: NODES } };

/** Jobs that a clock or an event starts; tried before there are others. */
export function ofTriggers(of: () => Deployed & { readonly bus: BusSubscriber }): void {
  describe('triggers', () => {
    let local: LocalEnvironment;
    let worker: ScriptedWorker;
    let bus: EventBridgeClient;
    beforeAll(() => {
      ({ local, worker } = of());
      worker.follow(() => COMPLETED);
      bus = new EventBridgeClient({
        endpoint: local.deployment.endpoint,
        region: 'us-east-1',
        credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      });
    });

    async function put(source: string, type: string, detail: object): Promise<void> {
      const entry = { EventBusName: 'reprise-local', Source: source, DetailType: type };
      const command = new PutEventsCommand({ Entries: [{ ...entry, Detail: JSON.stringify(detail) }] });
      expect((await bus.send(command)).FailedEntryCount).toBe(0);
    }

    /** The trigger, once it has done as much as `done` asks for. */
    function triggerOnce(
      api: Api,
      name: string,
      done: (trigger: TriggerView) => boolean,
      patienceMs = 30_000,
    ): Promise<TriggerView> {
      return eventually(async () => {
        const { body, status } = await api.get(`/triggers/${name}`);
        if (status !== 200) return undefined;
        const trigger = triggerView.parse(body);
        return done(trigger) ? trigger : undefined;
      }, patienceMs);
    }

    describe('a trigger on events', () => {
      it('starts a job for each that matches, which is told what the event says', async () => {
        const { status } = await local.user.put('/triggers/on-push', {
          on: { event: { source: ['git'], 'detail-type': ['push'], detail: { branch: [{ prefix: 'ma' }] } } },
          job: { ...JOB, parameters: { branch: '$.detail.branch', commit: '$.detail.commit' } },
        });
        expect(status).toBe(201);
        await put('git', 'push', { branch: 'feature', commit: 'aaa' });
        await put('git', 'push', { branch: 'main', commit: 'bbb' });
        const { recent } = await triggerOnce(local.user, 'on-push', (trigger) => trigger.recent.length > 0);
        const jobId = recent[0]?.job_id as string;
        const job = await waitForJob(local.user, jobId, isOver);
        expect(job).toMatchObject({
          status: 'succeeded',
          trigger: 'on-push',
          parameters: { branch: 'main', commit: 'bbb' },
          nodes: { test: { status: 'succeeded' } },
        });
        const attempt = worker.requests.find(
          ({ job_id, node_id }) => job_id === jobId && node_id === 'build',
        );
        expect(attempt?.parameters).toEqual({ branch: 'main', commit: 'bbb' });
        const after = await triggerOnce(local.user, 'on-push', ({ running }) => running.length === 0);
        expect(after.recent.map(({ what }) => what)).toEqual(['fired']);
        expect((await local.user.get('/jobs')).body.jobs).toHaveLength(1);
      }, 60_000);

      it('does nothing any more once it is deleted', async () => {
        expect((await local.user.delete('/triggers/on-push')).status).toBe(200);
        expect((await local.user.get('/triggers/on-push')).status).toBe(404);
        expect((await local.user.get('/triggers')).body.triggers).toEqual([]);
        await put('git', 'push', { branch: 'main', commit: 'ccc' });
        // What would come of it comes in the order of the queue: a job that is asked for after it is there before.
        await put('portal', 'orchestration.job.requested', { ...JOB, requested_by: 'tester' });
        const jobs = await eventually(async () => {
          const listed = (await local.user.get('/jobs')).body.jobs;
          return listed.length > 1 ? listed : undefined;
        });
        expect(jobs).toHaveLength(2);
      }, 60_000);
    });

    describe('an event that asks for a job', () => {
      it('is one job however often it is put, and belongs to whoever it names', async () => {
        const zoe = await local.as('zoe', SCOPES.jobs);
        const detail = { ...JOB, requested_by: 'zoe', idempotency_key: 'build-17', priority: 'high' };
        for (let i = 0; i < 3; i++) await put('portal', 'orchestration.job.requested', detail);
        const jobs = await eventually(async () => {
          const listed = (await zoe.get('/jobs')).body.jobs;
          return listed?.[0]?.status === 'succeeded' ? listed : undefined;
        });
        expect(jobs).toMatchObject([{ owner: 'zoe', priority: 'high' }]);
      }, 60_000);

      it('is answered on the bus where it can never be a job, with what is wrong in it', async () => {
        const nodes = [{ id: 'a', run: 'x', needs: ['b'] }];
        await put('portal', 'orchestration.job.requested', { execution_graph: { name: 'bad', nodes } });
        const refused = await eventually(async () =>
          of().bus.heard.find(({ type }) => type === 'orchestration.job.refused'),
        );
        expect(JSON.stringify(refused)).toContain('execution_graph.nodes[0].needs[0]');
      }, 60_000);
    });

    describe('a schedule', () => {
      it('starts a job when its time comes, skips what overlaps, and is silent while paused', async () => {
        const body = {
          on: { schedule: { cron: '* * * * *', timezone: 'UTC' } },
          job: { execution_graph: { name: 'held', nodes: [{ id: 'only', run: 'x', labels: ['nobody'] }] } },
        };
        const made = await local.user.put('/triggers/every-minute', body);
        expect(made.body).toMatchObject({ status: 'active', overlap: 'skip', recent: [] });
        expect(made.body.next).toHaveLength(3);
        const fired = await triggerOnce(
          local.user,
          'every-minute',
          ({ recent }) => recent.some(({ what }) => what === 'fired'),
          100_000,
        );
        const first = fired.recent.find(({ what }) => what === 'fired');
        // The time that was due, and no other.
        expect(first?.firing).toMatch(/:00\.000Z$/);
        expect(fired.running).toEqual([first?.job_id]);

        const again = await local.user.post('/triggers/every-minute/fire', {});
        expect([again.status, again.body.job_ids]).toEqual([202, []]);
        const paused = await local.user.post('/triggers/every-minute/pause', { reason: 'holidays' });
        expect(paused.body).toMatchObject({ status: 'paused' });
        expect(paused.body.recent[0]).toMatchObject({ what: 'skipped', why: 'overlap' });
        expect(paused.body.next).toBeUndefined();
        expect((await local.user.post(`/jobs/${first?.job_id}/cancel`, {})).status).toBe(202);
        await triggerOnce(local.user, 'every-minute', ({ running }) => running.length === 0, 60_000);
      }, 150_000);

      it('is refused with the place and the mend', async () => {
        const on = { schedule: { cron: '0 2 * * *', timezone: 'Europe/Pariss' } };
        const { status, body } = await local.user.put('/triggers/bad', { on, job: JOB });
        expect([status, body.code]).toEqual([400, 'TRIGGER_INVALID']);
        expect(body.problems[0].path).toBe('on.schedule.timezone');
      });
    });
  });
}
