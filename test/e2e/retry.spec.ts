import type { RunResult } from '../../lib/cli/render/result';
import type { NodeExplanation } from '../../lib/contract/explanations';
import { workspace } from '../support/e2e-cli';

const GRAPH = `
name: g
nodes:
  - { id: a, run: echo a >> order }
  - { id: b, run: "echo b >> order; test -e repaired", needs: [a], retry: { strategy: fixed, initialDelay: 50ms, maxAttempts: 2 } }
  - { id: c, run: echo c >> order, needs: [b] }
  - { id: d, run: "echo d >> order; exit 3" }
`;

async function failed() {
  const space = workspace();
  space.write('g.yaml', GRAPH);
  expect((await space.run('run', 'g.yaml', '--job', 'j')).code).toBe(1);
  return space;
}

describe('reprise retry', () => {
  it('runs a node again with what was skipped because of it, and nothing else', async () => {
    const space = await failed();
    space.write('repaired', '');
    const { code, stdout } = await space.run('retry', 'j', 'b', '--reason', 'repaired', '--json');
    expect(code).toBe(1);
    const { nodes } = JSON.parse(stdout) as RunResult;
    expect(Object.entries(nodes).map(([id, node]) => [id, node.status, node.attempts])).toEqual([
      ['a', 'succeeded', 1],
      ['b', 'succeeded', 3],
      ['c', 'succeeded', 1],
      ['d', 'failed', 1],
    ]);
    expect(space.lines('order').sort()).toEqual(['a', 'b', 'b', 'b', 'c', 'd']);
  });

  it('says what it may not, and what it cannot', async () => {
    const space = await failed();
    const refused = await space.run('retry', 'j', 'b', '--level', '3');
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('up to level 2')]);
    const idle = await space.run('retry', 'j', 'a');
    expect([idle.code, idle.stderr]).toEqual([2, expect.stringContaining('nothing of this has failed')]);
    expect((await space.run('retry', 'j', '--level', '4')).stderr).toContain('from 1 to 3');
    expect((await space.run('retry', 'nobody')).stderr).toContain('nobody');
    expect((await space.run('journal', 'verify', 'j')).code).toBe(0);
  });
});

describe('reprise explain', () => {
  it('tells of each attempt and each wait, and why there is no other', async () => {
    const space = await failed();
    const { code, stdout } = await space.run('explain', 'j', 'b', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout) as NodeExplanation).toMatchObject({
      attempts: [
        {
          ...{ attempt: 1, worker_id: 'local', end: 'failed', failure: 'exit status 1' },
          next: { strategy: 'again', delay_seconds: 0.05, why: 'fixed, failure 1 of 2 attempts: 50 ms' },
        },
        { attempt: 2, end: 'failed' },
      ],
      outcome: 'failed',
      why_not_again: 'all 2 attempts failed',
      requests: [],
    });
    const text = (await space.run('explain', 'j', 'b')).stdout;
    expect(text).toContain('b failed, 2 attempts');
    expect(text).toContain('then      again in 50 ms: fixed, failure 1 of 2 attempts: 50 ms');
    expect(text).toContain('not again all 2 attempts failed');
    expect((await space.run('explain', 'j', 'c')).stdout).toContain(
      'c skipped, 0 attempts: all_success does not hold',
    );
  });

  it('knows the nodes of the job, and no others', async () => {
    const space = await failed();
    expect(await space.run('explain', 'j', 'x')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('no node x'),
    });
  });
});
