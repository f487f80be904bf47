import type { RunResult } from '../../lib/cli/render/result';
import type { ListLettersResponse } from '../../lib/contract/letters';
import { workspace } from '../support/e2e-cli';

const BUILD = [
  'echo version=1.10 >> $REPRISE_OUTPUT',
  'echo sha=123e4567 >> $REPRISE_OUTPUT',
  `printf '%s\\n' 'notes<<END' "it's \\"one\\" \\$(touch pwned)" two END >> $REPRISE_OUTPUT`,
  `echo '{"n": 5, "suites": [{"name": "api"}]}' >> $REPRISE_OUTPUT`,
].join('\n');

const GRAPH = {
  name: 'g',
  nodes: [
    { id: 'build', run: BUILD },
    {
      id: 'deploy',
      needs: ['build'],
      with: {
        VERSION: 'results.build.outputs.version',
        SHA: 'results.build.outputs.sha',
        NOTES: 'results.build.outputs.notes',
        N: 'results.build.outputs.n',
        TARGET: 'parameters.target',
      },
      run: 'printf "%s\\n" "$VERSION" "$SHA" "$NOTES" "$N" "$TARGET" >> deployed; test "$TARGET" = eu',
    },
    {
      id: 'each',
      needs: ['build'],
      forEach: 'results.build.outputs.suites.name',
      with: { URL: "'http://' & results.build.outputs.version & '/' & item" },
      run: 'echo "$URL {{ item }}" >> urls',
    },
    {
      id: 'report',
      needs: ['each', 'tests'],
      trigger: 'one_failed',
      with: { FAILED: 'results.tests.outputs.failed' },
      run: 'echo "$FAILED failed" >> reported',
    },
    { id: 'tests', needs: ['build'], run: 'echo failed=3 >> $REPRISE_OUTPUT; exit 1' },
  ],
};

function nodesOf(stdout: string): Record<string, string> {
  const { nodes } = JSON.parse(stdout) as RunResult;
  return Object.fromEntries(Object.entries(nodes).map(([id, { status }]) => [id, status]));
}

describe('outputs that commands are given', () => {
  it('are text unless they were written otherwise, are kept of a failure, and are explained', async () => {
    const space = workspace();
    space.write('g.yaml', JSON.stringify(GRAPH));
    const { stdout } = await space.run('run', 'g.yaml', '--json', '--job', 'j', '--param', 'target=us');
    expect(nodesOf(stdout)).toEqual({
      ...{ build: 'succeeded', deploy: 'failed', each: 'succeeded', 'each-1': 'succeeded' },
      ...{ report: 'succeeded', tests: 'failed' },
    });
    expect(space.lines('deployed')).toEqual([
      '1.10',
      '123e4567',
      `it's "one" $(touch pwned)`,
      'two',
      '5',
      'us',
    ]);
    expect(space.lines('urls')).toEqual(['http://1.10/api api']);
    expect(space.lines('reported')).toEqual(['3 failed']);
    const explained = JSON.parse((await space.run('explain', 'j', 'deploy', '--json')).stdout);
    expect(explained.attempts[0].given).toMatchObject({ VERSION: '1.10', TARGET: 'us' });
    expect((await space.run('explain', 'j', 'each-1')).stdout).toContain('given     URL=http://1.10/api');
    expect((await space.run('journal', 'verify', 'j')).code).toBe(0);
  });

  it('are worked out again where a node runs again over another graph, and kept where it does not', async () => {
    const space = workspace();
    space.write('g.yaml', JSON.stringify(GRAPH));
    await space.run('run', 'g.yaml', '--job', 'j', '--param', 'target=eu');
    const [build, deploy, ...rest] = GRAPH.nodes;
    const other = { ...deploy, with: { ...deploy?.with, VERSION: "'v' & results.build.outputs.version" } };
    space.write('h.yaml', JSON.stringify({ ...GRAPH, nodes: [build, other, ...rest] }));
    const plan = JSON.parse(
      (await space.run('resume', 'j', '--graph', 'h.yaml', '--dry-run', '--json')).stdout,
    );
    expect(JSON.stringify(plan)).toContain('"changed"');
    await space.run('resume', 'j', '--graph', 'h.yaml');
    expect(space.lines('deployed').filter((line) => line.includes('1.10'))).toEqual(['1.10', 'v1.10']);
    expect(space.lines('urls')).toHaveLength(1);
  });

  it('fail their node where there are none, and the command where what it handed on is malformed', async () => {
    const space = workspace();
    const nodes = [
      { id: 'build', run: 'echo version=1 >> $REPRISE_OUTPUT' },
      { id: 'a', needs: ['build'], with: { V: 'results.build.outputs.nope' }, run: 'touch ran' },
      { id: 'b', needs: ['build'], with: { V: "results.build.outputs.nope ?? ''" }, run: 'echo "<$V>" >> b' },
      { id: 'c', run: 'echo fine=1 >> $REPRISE_OUTPUT; echo nonsense >> $REPRISE_OUTPUT' },
    ];
    space.write('g.yaml', JSON.stringify({ name: 'g', nodes }));
    const { code, stdout, stderr } = await space.run('run', 'g.yaml', '--json');
    expect({ code, nodes: nodesOf(stdout) }).toEqual({
      code: 1,
      nodes: { build: 'succeeded', a: 'failed', b: 'succeeded', c: 'failed' },
    });
    expect(space.lines('b')).toEqual(['<>']);
    expect(stderr).toContain('CONDITION_INVALID: with.V: gives nothing');
    expect(stderr).toContain('$REPRISE_OUTPUT line 2 is not name=value');
  });

  it('are refused before anything runs where they cannot be there', async () => {
    const space = workspace();
    const nodes = [
      { id: 'build', run: 'touch ran' },
      { id: 'a', run: 'echo {{ results.build.outputs.v }}', needs: ['build'] },
      { id: 'b', run: 'x', with: { V: 'results.build.outputs.v' } },
    ];
    space.write('g.json', JSON.stringify({ name: 'g', nodes }));
    const { code, stderr } = await space.run('run', 'g.json');
    expect(code).toBe(2);
    expect(stderr).toContain('nodes[1].run: {{ results.build.outputs.v }} is nothing that a command sees');
    expect(stderr).toContain('nodes[2].with.V: with.V: results.build is not upstream');
    expect(space.lines('ran')).toEqual([]);
  });

  it('are worked out with the parameters that a person edits', async () => {
    const space = workspace();
    const [build, deploy] = GRAPH.nodes;
    space.write('g.yaml', JSON.stringify({ name: 'g', nodes: [build, deploy] }));
    expect((await space.run('run', 'g.yaml', '--job', 'j', '--param', 'target=us')).code).toBe(1);
    const { groups } = JSON.parse((await space.run('dlq', 'list', '--json')).stdout) as ListLettersResponse;
    const edit = ['--param', 'target=eu', '--reason', 'r'];
    expect((await space.run('dlq', 'redrive', groups[0]?.group as string, ...edit)).code).toBe(0);
    expect(space.lines('deployed').filter((line) => /^(us|eu)$/.test(line))).toEqual(['us', 'eu']);
    const explained = JSON.parse((await space.run('explain', 'j', 'deploy', '--json')).stdout);
    expect(explained.attempts[1].given).toMatchObject({ TARGET: 'eu', VERSION: '1.10' });
  });
});
