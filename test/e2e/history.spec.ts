import type { RunResult } from '../../lib/cli/render/result';
import type { EffectivenessView, FlakesView, QuarantineView } from '../../lib/contract/history';
import { type Workspace, workspace } from '../support/e2e-cli';

/** Fails every other time it is run, in jobs that are given the same. */
const FLAKY = 'test -e odd && rm odd || { touch odd; false; }';

function graphIn(space: Workspace): void {
  const retry = 'retry: { maxAttempts: 2, initialDelay: 1ms, strategy: fixed }';
  space.write(
    'g.yaml',
    `name: g
nodes:
  - { id: cart, run: '${FLAKY}', ${retry} }
  - { id: broken, run: 'exit 7', retry: { maxAttempts: 1 } }
  - { id: report, run: 'true', needs: [broken] }
`,
  );
}

const json = <T>(stdout: string): T => JSON.parse(stdout) as T;

async function flakesOf(space: Workspace, ...more: string[]): Promise<FlakesView['flakes']> {
  return json<FlakesView>((await space.run('flakes', '--json', ...more)).stdout).flakes;
}

describe('the history on the command line', () => {
  const space = workspace();
  const resultOf = async () => {
    const { code, stdout } = await space.run('run', 'g.yaml', '--json');
    return { code, ...json<RunResult>(stdout) };
  };

  beforeAll(async () => {
    graphIn(space);
    expect((await space.run('flakes')).stdout).toBe('no flakes\n');
    for (let job = 0; job < 4; job++) expect((await resultOf()).code).toBe(1);
  });

  it('tells what is flaky from what is broken, and proposes to quarantine it', async () => {
    const [cart, ...others] = await flakesOf(space);
    expect(others).toEqual([]);
    expect(cart).toMatchObject({ name: 'cart', of: 'node', verdict: 'flaky', attempts: 8, failures: 4 });
    expect(cart?.proposed).toBe(true);
    const all = await flakesOf(space, '--all');
    expect(all.map(({ name, verdict }) => `${name} ${verdict}`)).toEqual(['cart flaky', 'broken unknown']);
    const { stdout } = await space.run('flakes');
    expect(stdout).toContain(`reprise quarantine add ${cart?.id} --owner WHO`);
  });

  it('makes the failure of what is quarantined a warning, until it is removed', async () => {
    const broken = (await flakesOf(space, '--all')).find(({ name }) => name === 'broken');
    const id = broken?.id ?? '';
    const added = await space.run(
      ...[
        'quarantine',
        'add',
        id,
        '--owner',
        'team-cart',
        '--reason',
        'SHOP-12',
        '--expires',
        '14d',
        '--json',
      ],
    );
    expect(json<QuarantineView>(added.stdout)).toMatchObject({
      id,
      of: 'node',
      name: 'broken',
      expired: false,
    });
    const warned = await resultOf();
    expect([warned.code, warned.status]).toEqual([0, 'succeeded']);
    expect(warned.nodes['broken']).toMatchObject({
      status: 'succeeded',
      warning: expect.stringContaining('team-cart'),
    });
    expect(warned.nodes['report']).toMatchObject({ status: 'succeeded' });
    expect((await space.run('run', 'g.yaml')).stdout).toContain('warning: broken failed, and is quarantined');

    expect((await space.run('quarantine', 'list')).stdout).toContain('team-cart: SHOP-12');
    expect((await space.run('quarantine', 'remove', id)).code).toBe(0);
    expect((await space.run('quarantine', 'remove', id)).code).toBe(2);
    expect((await resultOf()).nodes['broken']).toMatchObject({ status: 'failed' });
  });

  it('refuses a quarantine without an end in sight, and one of nothing that is known', async () => {
    const add = (id: string, expires: string, ...more: string[]) =>
      space.run('quarantine', 'add', id, '--owner', 'a', '--reason', 'b', '--expires', expires, ...more);
    const known = ['--of', 'test', '--name', 'x'];
    expect((await add('a'.repeat(16), '91d', ...known)).stderr).toContain('must lie in the next 90 days');
    expect((await add('a'.repeat(16), '7d')).stderr).toContain('say what it is by --of and --name');
    expect((await add('nonsense', '7d')).stderr).toContain('16 hex digits');
  });

  it('reports on retries as JSON and as CSV', async () => {
    const report = json<EffectivenessView>((await space.run('effectiveness', '--json')).stdout);
    expect(report.effectiveness).toEqual(expect.any(Array));
    const { stdout } = await space.run('effectiveness', '--csv');
    expect(stdout.split('\r\n')[0]).toBe(
      'signature,class,strategy,attempts,resolved,share,low,high,waited_seconds,spent_seconds,slot_seconds,cost_usd,recommendation',
    );
  });

  it('corrects nothing that did not fail, or has no class', async () => {
    const correct = (job: string, node: string) =>
      space.run('correct', job, node, '--class', 'assertion', '--reason', 'seen');
    expect((await correct('nobody', 'cart')).code).toBe(2);
    const { jobId } = await resultOf();
    expect((await correct(jobId, 'report')).stderr).toContain('no attempt of report has failed');
  });
});
