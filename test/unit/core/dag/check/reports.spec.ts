import type { Graph } from '../../../../../lib/core/dag/graph';
import { graphHash } from '../../../../../lib/core/dag/hash';
import { parseGraph } from '../../../../../lib/core/dag/parse';
import { nodeHash } from '../../../../../lib/core/history/durations';
import { nodeById } from '../../../../../lib/core/job/nodes';
import { JobDriver } from '../../../../support/job-driver';

const graph = (nodes: string, rest = ''): Graph => parseGraph(`name: g\n${rest}\nnodes:\n${nodes}`, 'g.yaml');
const reportsOf = ({ nodes }: Graph) => Object.fromEntries(nodes.map(({ id, work }) => [id, work.reports]));

describe('the reports of a node', () => {
  it('are its own, or those of the defaults', () => {
    const nodes = `
  - { id: a, run: a }
  - { id: b, run: b, reports: [x.xml, { path: y.json, runner: jest }] }
  - { id: c, suite: c, reports: [] }`;
    expect(reportsOf(graph(nodes, 'defaults: { reports: ["out/**/*.xml"] }'))).toEqual({
      a: [{ path: 'out/**/*.xml' }],
      b: [{ path: 'x.xml' }, { path: 'y.json', runner: 'jest' }],
      c: undefined,
    });
  });

  it('may have the id of the node in their path, so that instances write files of their own', () => {
    const nodes = '  - { id: a, run: a, shards: 2, reports: ["r-{{ node }}.xml"] }';
    expect(reportsOf(graph(nodes))).toEqual({
      'a-1': [{ path: 'r-a-1.xml' }],
      'a-2': [{ path: 'r-a-2.xml' }],
    });
  });

  it('of items have the ids of the items', () => {
    const parsed = graph('  - { id: a, run: a, forEach: "[1,2]", reports: ["r-{{ node }}.xml"] }');
    const job = new JobDriver(parsed, () => ({ items: [1, 2] })).submit().enterAll();
    expect(job.ready()).toEqual(['a-1', 'a-2']);
    expect(nodeById(job.index, job.state, 'a-2')?.spec.work.reports).toEqual([{ path: 'r-a-2.xml' }]);
  });

  it('are part of the graph, and say nothing of how long a node takes', () => {
    const [a, b] = ['', ', reports: [r.xml]'].map((more) => graph(`  - { id: a, run: a${more} }`));
    expect(graphHash(b!)).not.toBe(graphHash(a!));
    expect(nodeHash(b!.nodes[0]!)).toBe(nodeHash(a!.nodes[0]!));
  });

  it.each([
    [
      'reports: [/etc/passwd]',
      /g\.yaml:4:\d+ nodes\[0\]\.reports\[0\]\.path: must lie below the working directory/,
    ],
    ['reports: [a/../../b.xml]', /must lie below the working directory/],
    ['reports: [~/b.xml]', /must lie below the working directory/],
    ['reports: [{ path: r.xml, runner: make }]', /reports\[0\]\.runner/],
    ['reports: [{ path: r.xml, runer: jest }]', /runer.*did you mean.*runner/s],
    [
      'reports: ["r-{{ index }}.xml"]',
      /reports\[0\]: unknown template variable \{\{ index \}\} in a path \(known here: node/,
    ],
    ['reports: r.xml', /reports: expected a list/],
  ])('are refused with their place: %s', (reports, message) => {
    expect(() => graph(`  - { id: a, run: a, ${reports} }`)).toThrow(message);
  });
});
