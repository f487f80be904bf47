import { callsOf } from '../../lib/core/notify/calls';
import { fanOut } from '../../lib/core/notify/fan-out';
import { parseNotifications } from '../../lib/core/notify/rules';
import type { NotificationEngine } from '../../lib/core/ports/notifications';
import type { NotificationServer } from '../support/notification-server';

export interface NotificationSetup {
  readonly engine: NotificationEngine;
  readonly system: NotificationServer;
}

const CONFIG = parseNotifications(
  'targets: { e: { type: notification-engine, url: https://n.example, token: { env: T } } }\nrules: [{ name: all, targets: [e] }]',
  'n.yaml',
);

/** The calls that an event makes of a notification engine. */
function calls(type: string, detail: Record<string, unknown>) {
  const event = { id: 'job/j/9', type, at: 1_700_000_000_000, owner: 'ana', detail };
  const [told] = fanOut(CONFIG, event);
  return callsOf(told!.notice, 'n1');
}

const job = { jobId: 'j', name: 'shop' };
const escalation = [{ notify: 'on-call', afterMinutes: 0 }];
const alert = { message: 'Manual intervention required', description: 'it is gone', escalation };

/** What everybody keeps to who speaks to a notification engine. */
export function describeNotificationEngine(name: string, setup: () => Promise<NotificationSetup>): void {
  describe(`notification engine: ${name}`, () => {
    let world: NotificationSetup;
    beforeEach(async () => {
      world = await setup();
    });
    afterEach(() => world.system.close());

    it('is told of executions, failures, recoveries and health by a call of each', async () => {
      const { engine, system } = world;
      const ended = { ...job, status: 'succeeded' };
      await engine.sendExecutionNotification(calls('orchestration.execution.completed', ended).execution());
      const lost = { ...job, status: 'failed', reason: 'aborted' };
      await engine.sendFailureAlert(calls('orchestration.workflow.lost', lost).failure());
      const failed = { ...job, nodeId: 'unit', cause: 'workerLost', alert };
      await engine.sendRecoveryNotification(calls('orchestration.recovery.failed', failed).recovery());
      const node = { pool: 'p', workerId: 'w', status: 'lost', reason: 'silent' };
      await engine.sendHealthAlert(calls('orchestration.node.failure', node).health());

      const all = { notification_id: 'n1', at: '2023-11-14T22:13:20.000Z', owner: 'ana' };
      expect(Object.fromEntries(system.taken)).toMatchObject({
        '/execution-notifications n1': {
          ...{ ...all, event_type: 'orchestration.execution.completed', job_id: 'j', graph: 'shop' },
          outcome: 'succeeded',
        },
        '/failure-alerts n1': { ...all, severity: 'warning', outcome: 'failed', reason: 'aborted' },
        '/recovery-notifications n1': {
          ...{ ...all, severity: 'critical', node_id: 'unit', cause: 'workerLost' },
          required_action: 'Manual intervention required',
          escalation: [{ notify: 'on-call', after_minutes: 0 }],
        },
        '/health-alerts n1': { ...all, pool: 'p', worker_id: 'w', detail: node },
      });
    });

    it('knows a repeat', async () => {
      const { engine } = world;
      const notification = calls('orchestration.execution.completed', job).execution();
      expect(await engine.sendExecutionNotification(notification)).toEqual({
        ...{ notificationId: 'n1', status: 'accepted' },
      });
      expect(await engine.sendExecutionNotification(notification)).toEqual({
        ...{ notificationId: 'n1', status: 'duplicate' },
      });
    });

    it.each([
      [503, 'retryable'],
      [429, 'retryable'],
      [400, 'terminal'],
      [403, 'terminal'],
    ])('that answers %d is an error that is %s', async (status, disposition) => {
      const { engine, system } = world;
      system.answers.push(new Response('{}', { status }));
      const sending = engine.sendHealthAlert(calls('orchestration.node.failure', {}).health());
      await expect(sending).rejects.toMatchObject({ disposition });
    });
  });
}
