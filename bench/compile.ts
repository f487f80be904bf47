import { alg, Graph as DagreGraph } from '@dagrejs/graphlib';
import toposort from 'toposort';
import { compile } from '../lib/core/dag/compile';
import type { Graph } from '../lib/core/dag/graph';
import { parseGraph } from '../lib/core/dag/parse';
import { chain, ladder, layered, seededRandom, sparseDag } from '../test/support/graphs';
import { type Contender, ratioTable, sideBySide } from './measure';

const TURNS = 5;

/** From the text of the file to certified state machines, beside the bare topological sort of two libraries. */
export async function benchCompile(): Promise<void> {
  const graphs: [string, Graph][] = [
    ['1,000 nodes, irregular', sparseDag(1_000, 3, seededRandom(1))],
    ['2,000 nodes in 20 layers, dense', layered(20, 100, 0.137, seededRandom(2))],
    ['5,000 nodes, sparse', sparseDag(5_000, 2, seededRandom(3))],
    ['10,000 nodes, sparse', sparseDag(10_000, 2, seededRandom(4))],
    ['chain of 10,000', chain(10_000)],
    ['ladder of 2,500 diamonds', ladder(2_500)],
  ];
  for (const [name, graph] of graphs) {
    const edges = graph.nodes.flatMap((node) => node.needs.map((need): [string, string] => [need, node.id]));
    console.log(`\n### ${name} (${graph.nodes.length} nodes, ${edges.length} edges)\n`);
    console.log(ratioTable(await sideBySide(contenders(graph, edges), TURNS), 'reprise: compile'));
    const { certificate } = compile(graph);
    console.log(
      `\n${certificate.stateMachines} machine(s), ${certificate.definitionBytes} bytes, structural share ${certificate.structuralShare.toFixed(3)}`,
    );
  }
}

function contenders(graph: Graph, edges: readonly [string, string][]): Contender[] {
  const text = documentOf(graph);
  return [
    { name: 'reprise: compile', run: () => void compile(graph) },
    { name: 'reprise: parse and validate (JSON)', run: () => void parseGraph(text) },
    {
      name: 'toposort',
      run: () => {
        const order = toposort.array(
          graph.nodes.map(({ id }) => id),
          edges as [string, string][],
        );
        if (order.length !== graph.nodes.length) throw new Error('toposort lost nodes');
      },
    },
    {
      name: 'graphlib topsort',
      run: () => {
        const g = new DagreGraph();
        for (const { id } of graph.nodes) g.setNode(id);
        for (const [from, to] of edges) g.setEdge(from, to);
        if (alg.topsort(g).length !== graph.nodes.length) throw new Error('graphlib lost nodes');
      },
    },
  ].map((contender) => ({ ...contender, run: tolerant(contender) }));
}

/** A library that overflows the stack on a long chain is reported, not hidden. */
function tolerant({ name, run }: Contender): () => void {
  let told = false;
  return () => {
    try {
      void run();
    } catch (error) {
      if (!told) console.log(`${name}: ${error instanceof Error ? error.message : String(error)}`);
      told = true;
    }
  };
}

function documentOf(graph: Graph): string {
  const nodes = graph.nodes.map(({ id, needs }) => ({ id, run: 'true', needs: [...needs] }));
  return JSON.stringify({ name: graph.name, nodes });
}
