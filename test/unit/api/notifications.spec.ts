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

interface Asked {
  readonly body?: object;
  /** What `If-Match` says. */
  readonly match?: string | undefined;
}

function world() {
  const driver = new TargetDriver();
  const streams = {
    view: async () => ({ state: driver.state }),
    ask: async ({ message }: { message: TargetMessage }) => driver.send(message),
  };
  const routes = notificationRoutes({
    ...{ streams: streams as never, config: async () => RULES, clock: () => driver.now },
  });
  async function asked(route: { readonly name: string }, name: string, { body = {}, match }: Asked = {}) {
    const served = routes.find((each) => each.route.name === route.name);
    const caller = { subject: 'ana', scopes: [SCOPES.admin] };
    const query = { limit: 10, sort: 'name' };
    const requestId = `r${driver.events.length}`;
    const header = (named: string) => (named === 'If-Match' ? match : undefined);
    const request = { params: { name }, query, body, caller, requestId, traceId: 't', header };
    return served!.handle(request as never);
  }
  const call = async (route: { readonly name: string }, name: string, body?: object) =>
    (await asked(route, name, { ...(body && { body }) })).body;
  return { driver, asked, call };
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

  it('change a target for the version that is named, and for no other', async () => {
    const { driver, asked } = world();
    driver.notify('a', {}, { escalation: [{ target: 'lead', afterMs: MINUTE }] });
    const { version: match } = await asked(ROUTES.getTarget, TARGET);
    driver.fail(false);
    for (const [route, body] of [
      [ROUTES.testTarget, {}],
      [ROUTES.redriveTarget, {}],
      [ROUTES.acknowledgeAlert, { alert: 'a' }],
    ] as const) {
      await expect(asked(route, TARGET, { body, match })).rejects.toMatchObject({
        code: 'PRECONDITION_FAILED',
      });
    }
    expect(driver.state).toMatchObject({ queue: [], parked: [{ id: 'a' }], alerts: [{}] });
    const { version } = await asked(ROUTES.getTarget, TARGET);
    const answer = await asked(ROUTES.acknowledgeAlert, TARGET, {
      body: { alert: 'a' },
      match: `"${version}.x"`,
    });
    expect(answer.body).toMatchObject({ alerts: 0, parked: 1 });
  });
});
