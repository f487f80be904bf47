import { RepriseError } from '../../../lib/core/errors';
import { targetAt } from '../../../lib/core/messages/address';
import { parseNotifications } from '../../../lib/core/notify/rules';
import type { Outgoing } from '../../../lib/core/ports/notifications';
import { createServedWorld, type Process, until } from './support/served-world';

const RULES = parseNotifications(
  `
targets:
  team: { type: slack, url: { env: SLACK } }
  lead: { type: slack, url: { env: LEAD } }
rules:
  - name: ends
    events: [orchestration.execution.failed, orchestration.execution.completed]
    labels: { branch: [main] }
    targets: [team]
    escalation: [{ target: lead, after: 15m }]
`,
  'n.yaml',
);
const TARGETS = { team: RULES.targets['team'], lead: RULES.targets['lead'] };

/** Receivers that answer as they are told, and what they got. */
function receivers() {
  const got: { target: string; message: Outgoing }[] = [];
  const refusals: RepriseError[] = [];
  const options = {
    rules: RULES,
    warn: () => undefined,
    deliverer: {
      deliver: async (definition: unknown, message: Outgoing) => {
        const refusal = refusals.shift();
        if (refusal) throw refusal;
        const target = definition === TARGETS.lead ? 'lead' : 'team';
        got.push({ target, message });
        return { to: 'hooks.slack.com' };
      },
    },
  };
  return { got, refusals, options };
}

async function run(world: ReturnType<typeof createServedWorld>, { engine }: Process, branch: string) {
  const graphHash = await world.put(engine, 'name: shop\nnodes: [{ id: a, run: x }]');
  const submission = { graphHash, owner: 'ana', priority: 'normal', pool: 'default' } as const;
  const actor = { kind: 'user', id: 'ana' } as const;
  const origin = { requestId: branch, traceId: branch, actor };
  await engine.submit(`j-${branch}`, { ...submission, parameters: { branch } }, origin);
}

const busy = () => new RepriseError('UPSTREAM_UNAVAILABLE', 'hooks.slack.com answered 503');

describe('a daemon with notifications', () => {
  it('tells of the end of the jobs that its rules are about, and of no others', async () => {
    const world = createServedWorld(() => ({ ms: 1_000, end: 'failed' }));
    const { got, options } = receivers();
    const daemon = await world.boot({ notifications: options });
    await run(world, daemon, 'main');
    await run(world, daemon, 'feature');
    await until(
      async () => (await world.jobs(daemon.engine)).every(({ status }) => status === 'failed'),
      () => world.time.advance(1_000),
    );
    await until(() => got.length > 0);
    expect(got).toMatchObject([
      { target: 'team', message: { notices: [{ jobId: 'j-main', graph: 'shop', outcome: 'failed' }] } },
    ]);
    await daemon.end();
  });

  it('goes on with what its predecessor left: what failed is tried again, and nobody took up goes to the next', async () => {
    const world = createServedWorld();
    const first = receivers();
    first.refusals.push(busy());
    const one = await world.boot({ notifications: first.options });
    await run(world, one, 'main');
    const stateOf = async ({ engine }: Process) => (await engine.runtime.view(targetAt('team'))).state;
    await until(
      async () => (await stateOf(one)).outcomes[0]?.outcome === 'failed',
      () => world.time.advance(1_000),
    );
    await one.end();
    expect(first.got).toEqual([]);

    const second = receivers();
    const two = await world.boot({ notifications: second.options });
    await until(
      () => second.got.length === 1,
      () => world.time.advance(1_000),
    );
    expect((await stateOf(two)).outcomes[0]).toMatchObject({ outcome: 'succeeded', attempt: 2 });
    await world.time.advance(15 * 60_000);
    await until(() => second.got.length === 2);
    expect(second.got[1]).toMatchObject({
      target: 'lead',
      message: { notices: [{ title: expect.stringMatching(/^Nobody has acknowledged: /) }] },
    });
    await two.end();
  });

  it('lets no slow receiver hold up a job', async () => {
    const world = createServedWorld();
    const { options } = receivers();
    const never = { deliver: () => new Promise<never>(() => undefined) };
    const daemon = await world.boot({ notifications: { ...options, deliverer: never } });
    await run(world, daemon, 'main');
    await until(
      async () => (await world.jobs(daemon.engine))[0]?.status === 'succeeded',
      () => world.time.advance(1_000),
    );
    await daemon.engine.runtime.close();
    await daemon.journal.close();
  });
});
