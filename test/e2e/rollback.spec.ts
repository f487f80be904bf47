import type { RunResult } from '../../lib/cli/render/result';
import { until, workspace } from '../support/e2e-cli';

/** Each command notes what it does. Undoing waits for a file, and that of `seed` fails without another. */
const GRAPH = `
name: g
onFailure: rollback
nodes:
  - id: db
    run: echo id=db-7 >> $REPRISE_OUTPUT; echo up db >> log
    compensate: echo "down db $REPRISE_COMPENSATES $REPRISE_OUTPUTS" >> log
  - id: env
    needs: [db]
    shards: 2
    run: echo up env-{{ index1 }} >> log
    compensate: echo begin env-{{ index1 }} >> log; until test -e go; do sleep 0.02; done; echo down env-{{ index1 }} >> log
  - { id: seed, needs: [db], run: "true", compensate: "until test -e go; do sleep 0.02; done; test -e mended" }
  - { id: test, needs: [env, seed], run: "test -e works" }
`;
const ENVS = ['env-1', 'env-2'];

describe('reprise rollback', () => {
  it('goes on after a kill -9 in its midst: each command once, in order, and names what is parked', async () => {
    const space = workspace();
    space.write('g.yaml', GRAPH);
    const first = space.start('run', 'g.yaml', '--job', 'j', '--slots', '3');
    await until(() => space.lines('log').includes('begin env-2'), 'a compensation runs');
    first.child.kill('SIGKILL');
    await first.done;
    space.write('go', '');
    const { code, stdout, stderr } = await space.run('resume', 'j', '--json');
    expect([code, stderr]).toEqual([1, expect.stringContaining('not undone: exit status 1')]);
    const { status, nodes, rollback } = JSON.parse(stdout) as RunResult;
    expect(status).toBe('failed');
    expect(rollback?.parked).toEqual(['seed']);
    expect([...(rollback?.undone ?? [])].sort()).toEqual(['db', ...ENVS]);
    expect(nodes['db']).toMatchObject({ status: 'succeeded', attempts: 1, rollback: 'undone' });
    const log = space.lines('log');
    expect(log.filter((line) => line.startsWith('down env')).sort()).toEqual(ENVS.map((id) => `down ${id}`));
    expect(log.filter((line) => line.startsWith('begin'))).toHaveLength(2);
    expect(log.at(-1)).toBe('down db 1 {"id":"db-7"}');
  });

  it('undoes later what is parked, which a dry run lists; then the job runs again as a whole', async () => {
    const space = workspace();
    space.write('g.yaml', GRAPH);
    space.write('go', '');
    const { code, stdout: report } = await space.run('run', 'g.yaml', '--job', 'j');
    expect(code).toBe(1);
    expect(report).toMatch(/^db +✔ succeeded, undone /m);
    expect(report).toContain('rolled back: 3 undone, 1 not\nnot undone: seed');
    // That of what failed, and that of what is not undone.
    expect(report).toContain('2 letters wait for you');
    space.write('mended', '');
    const dry = await space.run('rollback', 'j', '--dry-run', '--json');
    expect(JSON.parse(dry.stdout)).toEqual({
      jobId: 'j',
      steps: [{ node: 'seed', run: 'until test -e go; do sleep 0.02; done; test -e mended' }],
    });
    const again = await space.run('rollback', 'j', '--reason', 'mended', '--json');
    expect([again.code, (JSON.parse(again.stdout) as RunResult).rollback]).toEqual([
      0,
      { undone: ['seed'], parked: [] },
    ]);
    const nothing = await space.run('rollback', 'j', '--json');
    expect([nothing.code, JSON.parse(nothing.stdout)]).toMatchObject([
      2,
      { error: { code: 'INPUT_INVALID' } },
    ]);
    space.write('works', '');
    const resumed = await space.run('resume', 'j', '--json');
    expect([resumed.code, (JSON.parse(resumed.stdout) as RunResult).status]).toEqual([0, 'succeeded']);
    expect(space.lines('log').filter((line) => line === 'up db')).toHaveLength(2);
  });
});
