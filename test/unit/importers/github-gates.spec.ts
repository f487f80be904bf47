import { createBench, imported, SHELLS } from './github-run';

const bench = createBench();

/** A job that asks with the action how `a` and `b` ended. */
const gated = (step: string, node = 'gate') =>
  imported(
    `jobs:
  a: { runs-on: x, steps: [{ run: a }] }
  b: { runs-on: x, steps: [{ run: b }] }
  gate:
    needs: [a, b]
    if: always()
    runs-on: x
    steps:
      - uses: re-actors/alls-green@release/v1
        ${step}
  after:
    needs: gate
    if: always() && needs.gate.result == 'success'
    runs-on: x
    steps: [{ run: after }]`,
    node,
  );

const ALL = 'with: { jobs: "${{ toJSON(needs) }}" }';
const lists = (failures: string, skips: string) =>
  `with: { allowed-failures: ${JSON.stringify(failures)}, allowed-skips: ${JSON.stringify(skips)}, jobs: "\${{ toJSON(needs) }}" }`;

// https://github.com/re-actors/alls-green
describe('a job that only asks how others ended', () => {
  const status = (step: string, a: string, b: string, shell = SHELLS[0]![1]) =>
    bench.run(gated(step).run, shell, { NEEDS_A_RESULT: a, NEEDS_B_RESULT: b });

  it.each(SHELLS)('fails in %s where one of them did not succeed, and names it', (_, shell) => {
    expect(status(ALL, 'success', 'success', shell).status).toBe(0);
    for (const result of ['failure', 'cancelled', 'skipped']) {
      expect(status(ALL, 'success', result, shell)).toMatchObject({ status: 1, stderr: `b: ${result}\n` });
    }
  });

  it.each([
    ['a, b', '', ['failure', 'cancelled'], 0],
    ['["a","b"]', '', ['failure', 'skipped'], 0],
    ['a', '', ['success', 'failure'], 1],
    ['', 'a, b', ['skipped', 'success'], 0],
    ['', 'a,b', ['failure', 'skipped'], 1],
    ['', '["b"]', ['success', 'skipped'], 0],
    ['', 'aa', ['skipped', 'success'], 1],
    ['a', 'b', ['failure', 'skipped'], 0],
  ])('lets those fail that may (%s), and be skipped (%s)', (failures, skips, [a, b], expected) => {
    expect(status(lists(failures, skips), a!, b!).status).toBe(expected);
  });

  it('is a node that is always run, and that others wait for as they would', () => {
    const { node, graph, notes } = gated(ALL);
    expect(node).toMatchObject({ needs: ['a', 'b'], trigger: 'always' });
    expect(graph.graph.nodes.at(-1)).toMatchObject({
      needs: ['gate'],
      when: 'results.`gate`.status = "succeeded"',
    });
    expect(notes).toMatch(/info jobs\.gate\.steps\[0\]\.uses: re-actors\/alls-green@release\/v1: a command/);
  });

  it('hands on its result to later steps and to jobs, under its id', () => {
    const { run } = gated(`id: all
        ${ALL}
      - { if: "failure() && steps.all.outputs.result == 'failure' && steps.all.outputs.success != 'true'", run: echo seen }
    outputs: { result: "\${{ steps.all.outputs.result }}" }`);
    const ran = bench.run(run, SHELLS[0]![1], { NEEDS_A_RESULT: 'failure', NEEDS_B_RESULT: 'success' });
    expect(ran).toMatchObject({ status: 1, stdout: 'seen\n', outputs: { result: 'failure' } });
  });

  it.each([
    ['looks at something else', 'with: { jobs: "{}" }'],
    ['says nothing of what it looks at', 'name: x'],
  ])('is left out as any other action where it %s', (_, step) => {
    const { graph, notes } = gated(step, 'after');
    expect(graph.graph.nodes.map(({ id }) => id)).toEqual(['a', 'b', 'after']);
    expect(notes).toContain(
      'left-out jobs.gate: the job gate has no `run` step (re-actors/alls-green@release/v1)',
    );
  });
});
