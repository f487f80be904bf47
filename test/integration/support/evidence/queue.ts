import { queueView } from '../../../../lib/contract/queues';
import { SCOPES } from '../../../../lib/core/access/scopes';
import { PRIORITIES, type Priority } from '../../../../lib/core/model/priority';
import { busEvents } from '../../../../lib/localcloud/bus-events';
import { type Api, eventually, isOver, submit, waitForJob } from '../api';
import type { LocalEnvironment } from '../local-environment';
import { COMPLETED, type ScriptedWorker } from '../scripted-worker';
import type { Deployed } from './deployed';

const NODE = { run: 'true', timeout: '60s' };
const GRAPH = {
  name: 'small',
  nodes: [
    { id: 'build', ...NODE },
    { id: 'report', ...NODE, needs: ['build'] },
  ],
};
/** Of the many, whose order counts and not what they do. */
const SMALLEST = { name: 'smallest', nodes: [{ id: 'build', ...NODE }] };
/** Jobs of each class by owner; the one with the most submits first. */
const OWNERS = { ana: 9, bob: 3, cid: 3 };
export const JOBS = 60;
/** Admitted at once. */
const RUNNING = 5;
/** A bound for jobs that hang. They take a minute, and several times that where others use the cores. */
const PATIENCE_MS = 240_000;

interface Submitted {
  readonly jobId: string;
  readonly owner: string;
  readonly priority: Priority;
  readonly api: Api;
}

/** Jobs that wait for their turn; the first to be tried, as the queue has to be empty. The environment takes `JOBS` that wait. */
export function ofQueue(of: () => Deployed): void {
  describe('the queue of a pool', () => {
    let local: LocalEnvironment;
    let worker: ScriptedWorker;
    let admin: Api;
    /** Jobs that are admitted at once where nobody says otherwise. */
    let usual: number;
    beforeAll(async () => {
      ({ local, worker } = of());
      admin = await local.as('root', SCOPES.admin);
      worker.follow(() => COMPLETED);
      usual = (await queueOnce(() => true)).limits.max_running_jobs;
    });
    afterAll(() => change({ max_running_jobs: usual }));

    async function change(body: object): Promise<void> {
      const { status } = await admin.post('/queues/default', body);
      expect(status).toBe(202);
    }

    async function queueOnce(
      done: (queue: ReturnType<typeof queueView.parse>) => boolean,
      patienceMs = 30_000,
    ) {
      return eventually(async () => {
        const queue = queueView.parse((await admin.get('/queues/default')).body);
        return done(queue) ? queue : undefined;
      }, patienceMs);
    }

    async function submitAll(): Promise<Submitted[]> {
      const wanted: { owner: string; priority: Priority; api: Api }[] = [];
      for (const [owner, ofEach] of Object.entries(OWNERS)) {
        const api = await local.as(owner, SCOPES.jobs, SCOPES.priority);
        // The least urgent first, so that the order of submission is not the one that is looked for.
        for (const priority of [...PRIORITIES].reverse())
          for (let i = 0; i < ofEach; i++) wanted.push({ owner, priority, api });
      }
      const submitted: Submitted[] = [];
      while (wanted.length > 0) {
        const together = wanted.splice(0, 10).map(async ({ owner, priority, api }) => ({
          ...{ owner, priority, api },
          jobId: await submit(api, SMALLEST, { priority }),
        }));
        submitted.push(...(await Promise.all(together)));
      }
      return submitted;
    }

    /** Where its admission stands in the journal of the pool: the job's own journal names that event as the cause. */
    async function admission({ api, jobId }: Submitted): Promise<number> {
      const { body } = await api.get(`/jobs/${jobId}/events`);
      const admitted = body.events.find(({ type }: { type: string }) => type === 'job.admitted');
      return Number(admitted.causeId.split('/').at(-1));
    }

    describe('sixty jobs of three owners in one queue', () => {
      let jobs: Submitted[];

      it('wait while it is paused, all of them', async () => {
        await change({ status: 'paused', max_running_jobs: RUNNING });
        const paused = await queueOnce(({ status }) => status === 'paused');
        expect(paused).toMatchObject({ limits: { max_running_jobs: RUNNING, max_waiting_jobs: JOBS } });
        expect(paused.workers).toMatchObject([{ worker_id: 'scripted-1', status: 'active', slots: 8 }]);
        jobs = await submitAll();
        expect(await queueOnce(({ waiting }) => waiting === JOBS)).toMatchObject({ running: 0 });
      }, 120_000);

      it('leave no room for one more, which is told when to come again', async () => {
        const { status, headers, body } = await local.user.post('/jobs', { execution_graph: GRAPH });
        expect([status, body.code]).toEqual([429, 'QUEUE_FULL']);
        expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
        const { endpoint, notificationsQueueUrl } = local.deployment;
        await eventually(async () => {
          const events = (await busEvents(endpoint, notificationsQueueUrl)) ?? [];
          return events.find(({ type }) => type === 'orchestration.system.overload');
        });
        expect((await local.user.get('/jobs')).body.jobs).toEqual([]);
      });

      it(
        'are admitted by class, then by fair share, once it is opened, and all of them finish',
        async () => {
          // One of the least urgent becomes one of the most urgent.
          const raised = jobs.findIndex(({ priority }) => priority === 'low');
          const job = jobs[raised] as Submitted;
          const path = `/jobs/${job.jobId}/priority`;
          const plain = await local.as(job.owner, SCOPES.jobs);
          expect((await plain.post(path, { priority: 'critical' })).status).toBe(403);
          expect((await job.api.post(path, { priority: 'critical' })).status).toBe(202);
          await waitForJob(job.api, job.jobId, ({ priority }) => priority === 'critical');
          jobs[raised] = { ...job, priority: 'critical' };

          await change({ status: 'open' });
          await queueOnce(({ waiting, running }) => waiting + running === 0, PATIENCE_MS);
          const places = new Map<Submitted, number>();
          for (const each of jobs) {
            expect((await each.api.get(`/jobs/${each.jobId}`)).body.status).toBe('succeeded');
            places.set(each, await admission(each));
          }
          const order = jobs.toSorted((a, b) => (places.get(a) ?? 0) - (places.get(b) ?? 0));
          const classes = order.map(({ priority }) => PRIORITIES.indexOf(priority));
          expect(classes).toEqual(classes.toSorted((a, b) => a - b));
          const admitted = (owner: string, of: number) =>
            order.slice(0, of).filter((each) => each.owner === owner).length;
          for (const owner of Object.keys(OWNERS)) {
            // Nobody runs yet: one each, then one more for two of them.
            expect(admitted(owner, RUNNING)).toBeGreaterThanOrEqual(1);
            expect(admitted(owner, RUNNING)).toBeLessThanOrEqual(2);
            // By age alone the first of them would all be those of one owner.
            expect(admitted(owner, 12)).toBeGreaterThanOrEqual(2);
          }
        },
        PATIENCE_MS + 60_000,
      );
    });

    describe('one job', () => {
      it('that is paused is handed out only when it goes on', async () => {
        await change({ status: 'paused' });
        await queueOnce(({ status }) => status === 'paused');
        const jobId = await submit(local.user, GRAPH);
        expect((await local.user.post(`/jobs/${jobId}/pause`, { reason: 'broken lab' })).status).toBe(202);
        await waitForJob(local.user, jobId, ({ paused }) => paused === true);
        await change({ status: 'open' });
        const held = await waitForJob(local.user, jobId, ({ nodes }) => nodes['build']?.status === 'ready');
        expect(held).toMatchObject({
          status: 'running',
          resource_utilization: { slots_in_use: 0, slots_of_pool: 8 },
        });
        expect(worker.requests.filter(({ job_id }) => job_id === jobId)).toEqual([]);
        expect((await local.user.post(`/jobs/${jobId}/unpause`, {})).status).toBe(202);
        expect(await waitForJob(local.user, jobId, isOver)).toMatchObject({
          status: 'succeeded',
          paused: false,
        });
      }, 60_000);

      it('fails when its deadline has passed', async () => {
        const nodes = [{ id: 'only', ...NODE, labels: ['nobody-has-it'] }];
        const jobId = await submit(local.user, { name: 'late', nodes }, { deadline: '3s' });
        const job = await waitForJob(local.user, jobId, isOver);
        expect(job).toMatchObject({ status: 'failed', nodes: { only: { status: 'cancelled' } } });
        expect(Date.parse(job.deadline ?? '') - Date.parse(job.submitted_at)).toBeLessThanOrEqual(3_000);
      }, 60_000);

      it('is not taken by a queue that is being drained', async () => {
        await change({ status: 'draining' });
        await queueOnce(({ status }) => status === 'draining');
        expect((await local.user.post('/jobs', { execution_graph: GRAPH })).status).toBe(429);
        await change({ status: 'open' });
        await queueOnce(({ status }) => status === 'open');
        expect((await local.user.post('/queues/default', { status: 'paused' })).status).toBe(403);
      }, 60_000);
    });
  });
}
