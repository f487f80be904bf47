import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunResult } from '../../lib/cli/render/result';
import { until, workspace } from '../support/e2e-cli';
import { seededRandom } from '../support/graphs';

describe('reprise resume', () => {
  const GRAPH = `
name: g
nodes:
  - { id: a, run: echo a >> order }
  - { id: b, run: "echo b >> order; test -e repaired", needs: [a] }
  - { id: c, run: echo c >> order, needs: [b] }
`;

  it('runs again what failed and what was skipped because of it, and nothing else', async () => {
    const space = workspace();
    space.write('g.yaml', GRAPH);
    expect((await space.run('run', 'g.yaml', '--job', 'j')).code).toBe(1);
    space.write('repaired', '');
    const { code, stdout } = await space.run('resume', 'j', '--json');
    expect(code).toBe(0);
    const { status, nodes } = JSON.parse(stdout) as RunResult;
    expect(status).toBe('succeeded');
    expect(Object.entries(nodes).map(([id, node]) => [id, node.status, node.attempts])).toEqual([
      ['a', 'succeeded', 1],
      ['b', 'succeeded', 2],
      ['c', 'succeeded', 1],
    ]);
    expect(space.lines('order')).toEqual(['a', 'b', 'b', 'c']);
  });

  it('prints the result of a job that succeeded again, and runs nothing', async () => {
    const space = workspace();
    space.write('repaired', '');
    space.write('g.yaml', GRAPH);
    const first = await space.run('run', 'g.yaml', '--job', 'j', '--json');
    const journal = readFileSync(join(space.dir, '.reprise/jobs/j/journal.jsonl'), 'utf8');
    const again = await space.run('resume', 'j', '--json');
    expect([again.code, again.stdout]).toEqual([0, first.stdout]);
    expect(readFileSync(join(space.dir, '.reprise/jobs/j/journal.jsonl'), 'utf8')).toBe(journal);
    expect(space.lines('order')).toEqual(['a', 'b', 'c']);
  });

  it('uses the graph, the suites and the directory that the job began with', async () => {
    const space = workspace();
    space.write('g.yaml', GRAPH.replace('run: echo c >> order', 'suite: c'));
    space.write('suites.yaml', 'c: echo suite-c >> order');
    await space.run('run', 'g.yaml', '--job', 'j', '--suites', 'suites.yaml');
    space.write('repaired', '');
    space.write('g.yaml', 'name: other\nnodes: [{ id: x, run: "false" }]');
    writeFileSync(join(space.dir, 'suites.yaml'), '');
    mkdirSync(join(space.dir, 'elsewhere'));
    const elsewhere = workspace();
    const { code } = await elsewhere.run('resume', 'j', '--journal', join(space.dir, '.reprise'));
    expect(code).toBe(0);
    expect(space.lines('order')).toEqual(['a', 'b', 'b', 'suite-c']);
  });

  it('refuses a job that another process runs, and one that is not there', async () => {
    const space = workspace();
    space.write('g.yaml', 'name: g\nnodes: [{ id: a, run: "touch on; sleep 60" }]');
    const { child, done } = space.start('run', 'g.yaml', '--job', 'j');
    await until(() => space.lines('.reprise/jobs/j/journal.jsonl').length >= 4, 'the job runs');
    const second = await space.run('resume', 'j', '--json');
    expect([second.code, JSON.parse(second.stdout)]).toMatchObject([2, { error: { code: 'JOB_LOCKED' } }]);
    expect(second.stderr).toContain(`process ${child.pid}`);
    expect((await space.run('run', 'g.yaml', '--job', 'j')).code).toBe(2);
    child.kill('SIGINT');
    await done;
    const missing = await space.run('resume', 'nothing');
    expect(missing.code).toBe(2);
    expect(missing.stderr).toContain('no job nothing');
  });

  it('refuses a journal that does not verify', async () => {
    const space = workspace();
    space.write('g.yaml', GRAPH);
    await space.run('run', 'g.yaml', '--job', 'j');
    const path = join(space.dir, '.reprise/jobs/j/journal.jsonl');
    writeFileSync(
      path,
      readFileSync(path, 'utf8').replace('"nodeId":"b","attempt":1', '"nodeId":"b","attempt":2'),
    );
    const { code, stderr } = await space.run('resume', 'j');
    expect(code).toBe(2);
    expect(stderr).toMatch(/does not verify at event \d+/);
    expect(space.lines('order')).toEqual(['a', 'b']);
  });
});

describe('reprise resume over another graph', () => {
  const graph = (b: string, more = '') => `
name: g
nodes:
  - { id: a, run: echo a >> order }
  - { id: b, run: "${b}", needs: [a] }
  - { id: c, run: echo c >> order, needs: [b], trigger: all_done }
${more}`;

  it('says what would run, runs that and nothing else, and goes on from there', async () => {
    const space = workspace();
    space.write('g.yaml', graph('echo b >> order; false'));
    await space.run('run', 'g.yaml', '--job', 'j');
    space.write('g.yaml', graph('echo mended >> order', '  - { id: d, run: echo d >> order }\n'));
    const dry = await space.run('resume', 'j', '--graph', 'g.yaml', '--dry-run', '--json');
    expect([dry.code, JSON.parse(dry.stdout)]).toMatchObject([
      0,
      {
        ...{ jobId: 'j', runs: 3, keeps: 1, gone: [] },
        nodes: {
          a: { runs: false, why: 'kept' },
          b: { runs: true, why: 'changed' },
          c: { runs: true, why: 'downstream', of: 'b' },
          d: { runs: true, why: 'new' },
        },
      },
    ]);
    expect(space.lines('order')).toEqual(['a', 'b', 'c']);
    const resumed = await space.run('resume', 'j', '--graph', 'g.yaml', '--json');
    expect(resumed.code).toBe(0);
    const { status, nodes } = JSON.parse(resumed.stdout) as RunResult;
    expect(status).toBe('succeeded');
    expect(Object.entries(nodes).map(([id, { attempts }]) => `${id} ${attempts}`)).toEqual([
      'a 1',
      'b 2',
      'c 2',
      'd 1',
    ]);
    expect(space.lines('order').slice(3).sort()).toEqual(['c', 'd', 'mended']);
    // The graph is the job's from then on.
    const table = await space.run('resume', 'j', '--from', 'c', '--dry-run');
    expect(table.stdout).toContain('run   c  asked for');
    expect(table.stdout).toContain('1 of 4 nodes would run');
    expect((await space.run('resume', 'j', '--from', 'c')).code).toBe(0);
    expect(space.lines('order').slice(6)).toEqual(['c']);
    const verdict = await space.run('journal', 'verify', 'j', '--json');
    expect(JSON.parse(verdict.stdout)).toMatchObject({ valid: true });
  });

  it('refuses nodes that are not there, and a graph that cannot run here, before anything runs', async () => {
    const space = workspace();
    space.write('g.yaml', graph('false'));
    await space.run('run', 'g.yaml', '--job', 'j');
    const unknown = await space.run('resume', 'j', '--from', 'x');
    expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringContaining('no node x')]);
    space.write('g.yaml', graph('true').replace('run: echo a >> order', 'suite: nobody'));
    const suite = await space.run('resume', 'j', '--graph', 'g.yaml', '--json');
    expect([suite.code, JSON.parse(suite.stdout)]).toMatchObject([2, { error: { code: 'SUITE_UNKNOWN' } }]);
    expect(space.lines('order')).toEqual(['a', 'c']);
  });
});

describe('a run whose process is killed at any moment', () => {
  const KILLS = 20;
  /** Many short layers: however a round goes, it cannot come far. */
  const layers = Array.from({ length: 30 }, (_, layer) =>
    [0, 1].map((i) => ({
      id: `n${layer}-${i}`,
      run: `sleep 0.1; echo n${layer}-${i} >> ran`,
      needs: layer === 0 ? [] : [`n${layer - 1}-${i}`, `n${layer - 1}-${1 - i}`],
    })),
  );
  const graph = { name: 'killed', nodes: layers.flat() };

  it.each([1, 2])(
    'is resumed to its end: every node ran once, and the chain verifies (seed %i)',
    async (seed) => {
      const random = seededRandom(seed);
      const space = workspace();
      space.write('g.json', JSON.stringify(graph));
      const journal = () => space.lines('.reprise/jobs/j/journal.jsonl');
      let kills = 0;
      let result: RunResult | undefined;
      while (!result) {
        const args = journal().length > 0 ? ['resume', 'j'] : ['run', 'g.json', '--job', 'j'];
        const { child, stderr, done } = space.start(...args, '--json', '--slots', '4');
        if (kills < KILLS) {
          // Now while it starts up, now after it has begun. Its commands go on: later rounds find them running,
          // ended, or about to start.
          if (random() > 0.3) await until(() => stderr().includes('job j'), 'the job is taken up');
          await new Promise((wake) => setTimeout(wake, random() * 150));
          child.kill('SIGKILL');
        }
        const end = await done;
        if (end.signal === 'SIGKILL') kills += 1;
        else if (end.code === 0) result = JSON.parse(end.stdout) as RunResult;
        else throw new Error(`exit ${end.code}: ${end.stderr}`);
      }
      expect(kills).toBe(KILLS);
      expect(result.status).toBe('succeeded');
      for (const [id, node] of Object.entries(result.nodes)) expect([id, node.attempts]).toEqual([id, 1]);
      expect(space.lines('ran').sort()).toEqual(graph.nodes.map(({ id }) => id).sort());
      const verdict = await space.run('journal', 'verify', 'j', '--json');
      expect(JSON.parse(verdict.stdout)).toEqual({ valid: true, events: journal().length });
      expect(journal().filter((line) => line.includes('"job.resumed"')).length).toBeGreaterThan(0);
    },
    120_000,
  );
});
