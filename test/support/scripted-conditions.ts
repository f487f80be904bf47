import type { Graph } from '../../lib/core/dag/graph';
import type { Case } from './job-cases';

/** The graph of a case with its conditions written as the constants that its scripts mean. */
export function withConditions({ graph, scripts }: Case): Graph {
  const nodes = graph.nodes.map((node, i) => {
    const { holds, items } = scripts[i] ?? {};
    const list = JSON.stringify(Array.from({ length: items ?? 0 }, (_, k) => k));
    return { ...node, when: String(holds), ...(items === undefined ? {} : { forEach: list }) };
  });
  return { ...graph, nodes };
}
