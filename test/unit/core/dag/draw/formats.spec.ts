import { readFileSync } from 'node:fs';
import { dot } from '../../../../../lib/core/dag/draw/dot';
import { mermaid } from '../../../../../lib/core/dag/draw/mermaid';
import { pictureOf, withOutcomes } from '../../../../../lib/core/dag/draw/picture';
import { svg } from '../../../../../lib/core/dag/draw/svg';
import type { Graph } from '../../../../../lib/core/dag/graph';
import { parseGraph } from '../../../../../lib/core/dag/parse';
import { nodeHash } from '../../../../../lib/core/history/durations';
import { graphNode, layered, seededRandom } from '../../../../support/graphs';

const shop = parseGraph(readFileSync('examples/shop/shop.graph.yaml', 'utf8'));

const HOSTILE = `"><script>alert(1)</script> & 'x' \\" ]--> end\u0001\u2028 #quot; <br/>`;

/** Ids that are words of the formats, and a condition that tries to break out of them. */
const hostile: Graph = {
  name: 'digraph',
  onFailure: 'continue',
  nodes: [
    graphNode('end', { durationMs: 1_000 }),
    graphNode('node', { needs: ['end'], when: HOSTILE, durationMs: 2_000 }),
    graphNode('-x-', { needs: ['node'], trigger: 'one_failed' }),
  ],
};

/** Checks that tags nest and that no bare `<` or `&` stands in text: enough to catch a broken escape. */
function expectWellFormed(xml: string): void {
  const open: string[] = [];
  const rest = xml.replace(
    /<(\/?)([a-z]+)((?:\s+[A-Za-z:-]+="[^"<]*")*)\s*(\/?)>/g,
    (_, end, tag, __, self) => {
      if (end) expect(open.pop()).toBe(tag);
      else if (!self) open.push(tag);
      return '';
    },
  );
  expect(open).toEqual([]);
  expect(rest.replace(/&#\d+;/g, '')).not.toMatch(/[<&]/);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: XML 1.0 cannot hold them.
  expect(xml).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/);
}

describe('a picture', () => {
  it('knows the critical path, its edges, and who keeps each edge', () => {
    const { nodes, edges, criticalPathMs, impliedNeeds } = pictureOf(shop);
    const name = (i: number) => nodes[i]!.id;
    expect(criticalPathMs).toBe(9_000);
    expect(nodes.filter(({ critical }) => critical).map(({ id }) => id)).toEqual([
      'probe',
      'browser-1',
      'visual-diff',
      'report',
      'cleanup',
    ]);
    expect(edges.filter(({ critical }) => critical)).toHaveLength(4);
    expect(edges.filter(({ residual }) => residual).map(({ from }) => name(from))).toContain('build');
    expect(edges.length + impliedNeeds).toBe(shop.nodes.reduce((sum, { needs }) => sum + needs.length, 0));
  });

  it('says of each duration where it comes from', () => {
    const history = new Map([[nodeHash(hostile.nodes[2]!), 4_000]]);
    expect(pictureOf(hostile, history).nodes.map(({ durationFrom }) => durationFrom)).toEqual([
      'declared',
      'declared',
      'learned',
    ]);
    expect(pictureOf(hostile).nodes[2]).toMatchObject({ durationFrom: 'assumed', durationMs: 30_000 });
  });
});

describe('the SVG', () => {
  it('is well-formed whatever a condition holds', () => {
    expectWellFormed(svg(pictureOf(shop)));
    expectWellFormed(svg(pictureOf(hostile)));
    expect(svg(pictureOf(hostile))).not.toContain('<script');
  });

  it('shows ids, durations, triggers, conditions and a legend of what it shows', () => {
    const drawing = svg(pictureOf(shop));
    for (const text of [
      'recommendations',
      '500 ms',
      '◆ all_done',
      '? results.probe.outputs.chromium = true',
    ]) {
      expect(drawing).toContain(text);
    }
    expect(drawing).toContain('kept by the scheduler (residual)');
    expect(svg(pictureOf({ ...hostile, nodes: [hostile.nodes[0]!] }))).not.toContain('residual');
  });

  it('has one box per node and one path per edge, of 1,000 nodes too', () => {
    const graph = layered(10, 100, 0.02, seededRandom(1));
    const picture = pictureOf(graph);
    const drawing = svg(picture);
    expectWellFormed(drawing);
    expect(drawing.match(/<g class="node/g)).toHaveLength(1_000);
    const inLegend = (drawing.match(/d="M0 -4H28"/g) ?? []).length;
    expect((drawing.match(/<path class="edge/g) ?? []).length - inLegend).toBe(picture.edges.length);
  });

  it('shows what became of the nodes of a job, by sign and by colour, and where styles are forbidden too', () => {
    const drawing = svg(withOutcomes(pictureOf(hostile), (id) => (id === 'node' ? 'failed' : undefined)));
    expectWellFormed(drawing);
    expect(drawing).toContain('✖ node');
    expect(drawing.match(/<g class="node[^"]* failed"/g)).toHaveLength(1);
    expect(drawing).not.toContain('succeeded</text>');
    expect(drawing.match(/<rect class="box" fill="none"/g)?.length).toBeGreaterThanOrEqual(3);
  });

  it('has colours for light and for dark', () => {
    expect(svg(pictureOf(shop))).toContain('prefers-color-scheme:dark');
  });
});

describe('the Mermaid flowchart', () => {
  it('names nodes by number, so that no id means something to Mermaid', () => {
    expect(mermaid(pictureOf(hostile))).toContain('n0["end<br/>1 s"]');
    expect(mermaid(pictureOf(hostile))).not.toMatch(/^\s*end\b/m);
  });

  it('keeps what a condition holds inside its label', () => {
    const label = mermaid(pictureOf(hostile)).match(/ {2}n1\["(.*)"\]/)?.[1];
    expect(label?.replaceAll('<br/>', '')).not.toMatch(/["<>\]\\]/);
  });

  it('dots residual edges and marks the critical path', () => {
    const chart = mermaid(pictureOf(shop));
    expect(chart).toMatch(/n0 -\.-> n6/);
    expect(chart).toMatch(/linkStyle \d+(,\d+){3} stroke/);
  });
});

describe('the DOT graph', () => {
  it('quotes every id and escapes every label', () => {
    const text = dot(pictureOf(hostile));
    expect(text).toContain('"end" -> "node"');
    const strings = text.match(/"(?:[^"\\]|\\.)*"/g) ?? [];
    expect(strings.some((string) => string.includes('<script>'))).toBe(true);
    expect(text.replace(/"(?:[^"\\]|\\.)*"/g, '')).not.toMatch(/["\\]|script/);
  });

  it('dashes residual edges', () => {
    expect(dot(pictureOf(shop))).toContain('"build" -> "api-memory" [style=dashed];');
  });
});

it.each([
  ['svg', svg],
  ['mermaid', mermaid],
  ['dot', dot],
])('%s is the same every time', (_, draw) => {
  expect(draw(pictureOf(shop))).toBe(draw(pictureOf(structuredClone(shop))));
});
