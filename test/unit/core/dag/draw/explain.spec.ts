import { explanationText } from '../../../../../lib/cli/graph-explanation';
import { compile } from '../../../../../lib/core/dag/compile';
import { explainNode, meaning } from '../../../../../lib/core/dag/draw/explain';
import { TRIGGER_RULES } from '../../../../../lib/core/dag/graph';
import { parseGraph } from '../../../../../lib/core/dag/parse';
import { graphNode, graphOf, layered, seededRandom } from '../../../../support/graphs';

/** build (2 s) and lint (5 s) before test (3 s), which comes before report (1 s), which also needs build. */
const graph = {
  ...graphOf({}),
  nodes: [
    graphNode('build', { durationMs: 2_000 }),
    graphNode('lint', { durationMs: 5_000 }),
    graphNode('test', {
      durationMs: 3_000,
      needs: ['build', 'lint'],
      when: 'results.build.outputs.ok = true',
    }),
    graphNode('report', { durationMs: 1_000, needs: ['test', 'build'], trigger: 'all_done' }),
  ],
};

describe('an explanation', () => {
  it('says how a node is undone, where it is', () => {
    const nodes = [graphNode('deploy', { compensate: './undeploy.sh' }), graphNode('lint')];
    const [deploy, lint] = nodes.map(({ id }) => explainNode({ ...graphOf({}), nodes }, id));
    expect(deploy && explanationText(deploy)).toContain(
      'undone by ./undeploy.sh\n  on rollback, before what it needs is undone\n  5 attempts, ',
    );
    expect(lint && explanationText(lint)).not.toContain('undone');
  });

  it('says what a node waits for, what ends last, and what that path is', () => {
    expect(explainNode(graph, 'test')).toEqual({
      node: 'test',
      durationSeconds: 3,
      durationFrom: 'declared',
      needs: [
        { node: 'build', keptBy: 'structure', isLast: false },
        { node: 'lint', keptBy: 'structure', isLast: true },
      ],
      trigger: { rule: 'all_success', means: 'it runs if all of them succeeded' },
      when: 'results.build.outputs.ok = true',
      retry: { maxAttempts: 1, strategy: 'exponential', jitter: 'full', means: 'one attempt is all it has' },
      earliestStartSeconds: 5,
      slackSeconds: 0,
      isCritical: true,
      longestPathBefore: ['lint'],
      holdsUp: { directly: ['report'], nodes: 1, remainingSeconds: 1 },
    });
  });

  it('tells needs that follow from others', () => {
    expect(explainNode(graph, 'report').needs).toEqual([
      { node: 'test', keptBy: 'structure', isLast: true },
      { node: 'build', keptBy: 'other need', follows: 'test', isLast: false },
    ]);
  });

  it('says how much slack a node has', () => {
    expect(explainNode(graph, 'build')).toMatchObject({ slackSeconds: 3, isCritical: false });
  });

  it('agrees with the compiler about which needs are residual', () => {
    const wild = layered(4, 6, 0.4, seededRandom(1));
    const { residual } = compile(wild);
    expect(Object.keys(residual).length).toBeGreaterThan(0);
    for (const { id } of wild.nodes) {
      const held = explainNode(wild, id).needs.filter(({ keptBy }) => keptBy === 'scheduler');
      expect(held.map(({ node }) => node).sort()).toEqual([...(residual[id] ?? [])].sort());
    }
  });

  it('says what an unknown node may have meant', () => {
    expect(() => explainNode(graph, 'biuld')).toThrow(
      expect.objectContaining({ code: 'INPUT_INVALID', message: expect.stringContaining('"build"') }),
    );
  });

  it('has other words for every trigger rule', () => {
    expect(new Set(TRIGGER_RULES.map(meaning)).size).toBe(TRIGGER_RULES.length);
  });
});

describe('the retries that an explanation tells', () => {
  it.each([
    [
      '{ strategy: fixed, initialDelay: 2s }',
      '3 attempts, fixed waits of 2s, no jitter: it waits what it says',
    ],
    [
      '{ strategy: linear, initialDelay: 2s }',
      '3 attempts, linear waits from 2s on, 1m at most, full jitter: each wait is drawn between 0 and that',
    ],
    [
      '{ strategy: exponential, jitter: equal }',
      '3 attempts, exponential waits from 1s on, 1m at most, equal jitter: each wait is drawn between half of that and all of it',
    ],
    [
      '{ strategy: decorrelated }',
      '3 attempts, decorrelated waits from 1s on, 1m at most, each drawn between the first and three times the one before',
    ],
    [
      '{ strategy: custom, delays: [1s, 5s] }',
      '3 attempts, waits of its own, 1m at most, no jitter: it waits what it says',
    ],
    ['{ strategy: none, maxAttempts: 2 }', '2 attempts, no waits, no jitter: it waits what it says'],
  ])('%s is %s', (retry, attempts) => {
    // Who writes a number of attempts, or each delay, means it.
    const isPatient = !/maxAttempts|delays/.test(retry);
    const means = `${attempts}${isPatient ? '; what is outside is waited out for 5m from the first failure on' : ''}`;
    const parsed = parseGraph(`name: g\nnodes:\n  - { id: a, run: x, retry: ${retry} }\n`);
    expect(explainNode(parsed, 'a').retry.means).toBe(means);
    expect(explanationText(explainNode(parsed, 'a'))).toContain(`retry ${means}\n`);
  });
});

describe('an explanation for people', () => {
  it('reads as sentences', () => {
    expect(explanationText(explainNode(graph, 'test'))).toBe(
      [
        'test takes 3s',
        '',
        'needs',
        '  build  structural: the state machine enters the node after it',
        '  lint   structural: the state machine enters the node after it  (the last to end)',
        'trigger all_success: it runs if all of them succeeded',
        'when results.build.outputs.ok = true',
        '  it is skipped where this does not hold',
        'retry one attempt is all it has',
        '',
        'starts after 5s at the earliest: lint',
        'has no slack: what delays it delays the graph',
        'holds up 1 node, for 1s at least: report directly',
        '',
      ].join('\n'),
    );
  });

  it('says of a node without needs that it starts at once', () => {
    expect(explanationText(explainNode(graph, 'build'))).toContain('needs nothing: it starts at once');
  });
});
