import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { MESSAGE_VERSION } from '../../../../lib/adapters/aws/queues/read-message';
import { dependencyView, listDependenciesResponse } from '../../../../lib/contract/dependencies';
import { SCOPES } from '../../../../lib/core/access/scopes';
import { dependencyAt } from '../../../../lib/core/messages/address';
import { busEvents } from '../../../../lib/localcloud/bus-events';
import { localClients } from '../../../../lib/localcloud/clients';
import { queueDepths } from '../../../../lib/localcloud/queues';
import { type Api, eventually, submit, waitForJob } from '../api';
import type { LocalEnvironment } from '../local-environment';
import type { Deployed } from './deployed';

const graphOf = (dependency: string) => ({
  name: 'shop',
  nodes: [
    { id: 'pay', run: 'true', dependencies: [dependency] },
    { id: 'other', run: 'true' },
  ],
});
/** A minute of waiting for SQS and Lambda to be played, where others use the cores. */
const PATIENCE_MS = 90_000;

/** Breakers of dependencies, on the local cloud. */
export function ofDependencies(of: () => Deployed): void {
  let local: LocalEnvironment;
  let admin: Api;
  beforeAll(async () => {
    ({ local } = of());
    admin = await local.as('root', SCOPES.admin);
  });

  /** So many attempts of elsewhere that failed by it, as their jobs would say it. */
  async function failures(name: string, count: number): Promise<void> {
    const { sqs } = localClients(local.deployment.endpoint);
    const QueueUrl = (await queueDepths(sqs)).find((queue) => queue.name === 'dependencies')?.url;
    for (let i = 0; i < count; i++) {
      const message = { type: 'observed', ok: false, by: `elsewhere/n/${i}`, startedAt: Date.now() };
      const origin = { id: `job/elsewhere/${i}`, actor: { kind: 'engine', id: 'job/elsewhere' } };
      const MessageBody = JSON.stringify({ v: MESSAGE_VERSION, to: dependencyAt(name), message, ...origin });
      const group = { MessageGroupId: name, MessageDeduplicationId: `${name}-${i}` };
      await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody, ...group }));
    }
  }

  const shown = async (name: string) => dependencyView.parse((await admin.get(`/dependencies/${name}`)).body);

  describe('a dependency of a deployed engine', () => {
    it(
      'that a person holds open keeps the work waiting that names it, until it is reset',
      async () => {
        const force = (api: Api) => api.post('/dependencies/mail/force', { state: 'open', reason: 'moving' });
        expect((await force(local.user)).status).toBe(403);
        expect((await force(admin)).body).toMatchObject({ state: 'open', forced: true });
        const jobId = await submit(local.user, graphOf('mail'));
        const waiting = await waitForJob(
          local.user,
          jobId,
          ({ nodes }) => nodes['other']?.status === 'succeeded' && nodes['pay']?.waits_for === 'mail',
          PATIENCE_MS,
        );
        expect(waiting.nodes['pay']).toMatchObject({ status: 'ready', attempts: 1 });
        const waitsFor = await eventually(async () => {
          const { body } = await admin.get('/queues/default');
          return body.waits_for[0]?.state === 'unknown' ? undefined : body.waits_for;
        });
        expect(waitsFor).toEqual([{ dependency: 'mail', state: 'open', attempts: 1 }]);

        expect((await admin.post('/dependencies/mail/reset', {})).body).toMatchObject({ state: 'closed' });
        const done = await waitForJob(local.user, jobId, ({ status }) => status === 'succeeded', PATIENCE_MS);
        expect(done.nodes['pay']).toMatchObject({ attempts: 1 });
        // What it was is counted from then on, by the job itself.
        await eventually(async () => ((await shown('mail')).calls.counted === 1 ? true : undefined));
      },
      3 * PATIENCE_MS,
    );

    it(
      'that is open for its time is half open by itself, and the next attempt finds out whether it is well',
      async () => {
        await failures('payments', 5);
        const open = await eventually(async () => {
          // Until the first of them is counted nobody has named it.
          const { status, body } = await admin.get('/dependencies/payments');
          if (status === 404) return undefined;
          const view = dependencyView.parse(body);
          return view.state === 'open' ? view : undefined;
        }, PATIENCE_MS);
        expect(open).toMatchObject({ forced: false, why: '5 of the last 5 calls failed, at or above 50 %' });
        const jobId = await submit(local.user, graphOf('payments'));
        const done = await waitForJob(local.user, jobId, ({ status }) => status === 'succeeded', PATIENCE_MS);
        expect(done.nodes['pay']).toMatchObject({ attempts: 1 });
        const events = (await local.user.get(`/jobs/${jobId}/events`)).body.events as {
          type: string;
          at: number;
          data: { nodeId?: string };
        }[];
        const started = events.find(({ type, data }) => type === 'attempt.started' && data.nodeId === 'pay');
        expect(started?.at).toBeGreaterThanOrEqual(Date.parse(open.until ?? ''));
        const view = await eventually(async () => {
          const each = await shown('payments');
          return each.calls.counted === 1 ? each : undefined;
        });
        expect(view).toMatchObject({ state: 'half_open', probes: 3, pools: ['default'] });
      },
      3 * PATIENCE_MS,
    );

    it('is in the list, and what happened to it is on the bus', async () => {
      const { dependencies } = listDependenciesResponse.parse((await local.user.get('/dependencies')).body);
      expect(dependencies.map(({ name, state }) => [name, state])).toEqual([
        ['mail', 'closed'],
        ['payments', 'half_open'],
      ]);
      const { endpoint, notificationsQueueUrl } = local.deployment;
      const said = await eventually(async () => {
        const events = (await busEvents(endpoint, notificationsQueueUrl)) ?? [];
        // Early warnings come by how the calls fell; what a breaker does is certain.
        const of = events.filter(({ type }) =>
          /^orchestration\.dependency\.(opened|half_opened|closed)$/.test(type),
        );
        return of.length >= 4 ? of : undefined;
      });
      expect(said.map(({ type, detail }) => [detail['dependency'], type.split('.').at(-1)]).sort()).toEqual([
        ['mail', 'closed'],
        ['mail', 'opened'],
        ['payments', 'half_opened'],
        ['payments', 'opened'],
      ]);
    });
  });
}
