import { notificationRoutes } from '../../../lib/api/notifications';
import { ROUTES } from '../../../lib/api/routes';
import { targetView } from '../../../lib/contract/notifications';
import { SCOPES } from '../../../lib/core/access/scopes';
import type { TargetMessage } from '../../../lib/core/messages/target';
import { parseNotifications } from '../../../lib/core/notify/rules';
import { MINUTE, TARGET, TargetDriver } from '../../support/target-driver';

const RULES = parseNotifications(
  `targets: { ${TARGET}: { type: slack, url: { env: SLACK } } }\nrules: []`,
  'n.yaml',
);

function world() {
  const driver = new TargetDriver();
  const streams = {
    view: async () => ({ state: driver.state }),
    ask: async ({ message }: { message: TargetMessage }) => driver.send(message),
  };
  const routes = notificationRoutes({
    ...{ streams: streams as never, config: async () => RULES, clock: () => driver.now },
  });
  async function call(route: { readonly name: string }, name: string, body: object = {}) {
    const served = routes.find((each) => each.route.name === route.name);
    const caller = { subject: 'ana', scopes: [SCOPES.admin] };
    const query = { limit: 10, sort: 'name' };
    const requestId = `r${driver.events.length}`;
    const request = { params: { name }, query, body, caller, requestId, traceId: 't' };
    const { body: answer } = await served!.handle(request as never);
    return answer;
  }
  return { driver, call };
}

describe('the routes of notifications', () => {
  it('send a sample, at once and as often as somebody asks', async () => {
    const { driver, call } = world();
    for (let i = 0; i < 2; i += 1) {
      await call(ROUTES.testTarget, TARGET);
      expect(driver.state.queue).toMatchObject([{ notices: [{ sample: true }] }]);
      driver.succeed();
    }
  });

  it('show a target with what happened there, and nothing of its address', async () => {
    const { driver, call } = world();
    driver.notify('a', {}, { escalation: [{ target: 'lead', afterMs: MINUTE }] });
    driver.fail(false);
    const view = targetView.parse(await call(ROUTES.getTarget, TARGET));
    expect(view).toMatchObject({
      ...{ name: TARGET, type: 'slack', breaker: 'closed', parked: 1, alerts: 1 },
      open_alerts: [{ id: 'a', next: 'lead' }],
      parked_deliveries: [{ id: 'a', why: 'it answered 503', attempts: 1 }],
      recent: [{ outcome: 'parked', to: 'hooks.example' }],
    });
    expect(JSON.stringify(view)).not.toContain('SLACK');
    expect(await call(ROUTES.listTargets, '')).toMatchObject({ targets: [{ name: TARGET, parked: 1 }] });
  });

  it('take an alert up, and say which are open where there is no such', async () => {
    const { driver, call } = world();
    driver.notify('a', {}, { escalation: [{ target: 'lead', afterMs: MINUTE }] });
    expect(await call(ROUTES.acknowledgeAlert, TARGET, { alert: 'a' })).toMatchObject({ alerts: 0 });
    expect(driver.wait(MINUTE)).toEqual([]);
    await expect(call(ROUTES.acknowledgeAlert, TARGET, { alert: 'a' })).rejects.toThrow(
      'no alert a is open at oncall: `reprise notify show` lists those that are',
    );
  });

  it('send again what could not be sent', async () => {
    const { driver, call } = world();
    driver.notify('a');
    driver.fail(false);
    expect(await call(ROUTES.redriveTarget, TARGET)).toMatchObject({ parked: 0, waiting: 1 });
  });

  it('say which targets there are where there is no such', async () => {
    await expect(world().call(ROUTES.testTarget, 'nobody')).rejects.toThrow(
      'the rules have no target nobody: they have oncall',
    );
  });
});
