import { type DurationHistory, NO_HISTORY, nodeHash, withLearnedDurations } from '../../history/durations';
import type { Outcome } from '../../model/outcome';
import { present } from '../../model/present';
import { compile } from '../compile';
import type { Graph, GraphNode } from '../graph';
import { indexGraph } from '../graph-index';
import { graphHash } from '../hash';
import { reduce } from '../plan/resolve';
import { durationOf, timing } from '../predict/analyse';
import type { Adjacency } from './layers';

/** What a drawing shows, whatever its format. */
export interface Picture {
  readonly name: string;
  readonly nodes: readonly PictureNode[];
  /** Needs that no other need implies, by node number, in the order of the dependents. */
  readonly edges: readonly PictureEdge[];
  /** Needs that follow from others and are not drawn. */
  readonly impliedNeeds: number;
  readonly criticalPathMs: number;
  readonly adjacency: Adjacency;
}

export interface PictureNode
  extends Pick<GraphNode, 'id' | 'trigger' | 'when' | 'compensate' | 'labels' | 'slots'> {
  readonly durationMs: number;
  readonly durationFrom: 'declared' | 'learned' | 'assumed';
  readonly slackMs: number;
  /** On the one longest path that the drawing shows. */
  readonly critical: boolean;
  /** What became of it, where the picture is one of a job. */
  readonly outcome?: Outcome;
}

export interface PictureEdge {
  readonly from: number;
  readonly to: number;
  /** Enforced by the scheduler, not by the shape of the state machine. */
  readonly residual: boolean;
  readonly critical: boolean;
}

/** Nodes keep the order of the file. @throws RepriseError as `compile`. */
export function pictureOf(graph: Graph, history: DurationHistory = NO_HISTORY): Picture {
  const timed = withLearnedDurations(graph, history);
  const index = indexGraph(timed, graphHash(graph));
  const { needs } = reduce(index);
  const dependents: number[][] = needs.map(() => []);
  needs.forEach((list, node) => {
    for (const need of list) dependents[need]!.push(node);
  });
  const { criticalPathMs, criticalPath, slackMs } = timing(index);
  const { residual } = compile(graph);
  const stepOf = new Map(criticalPath.map((node, step) => [node, step]));
  const nodes = graph.nodes.map((node, i): PictureNode => {
    const { id, trigger, labels, slots } = node;
    return {
      id,
      trigger,
      labels,
      slots,
      ...present({ when: node.when, compensate: node.compensate }),
      durationMs: durationOf(index, i),
      durationFrom:
        node.durationMs !== undefined ? 'declared' : history.has(nodeHash(node)) ? 'learned' : 'assumed',
      slackMs: slackMs[i]!,
      critical: stepOf.has(i),
    };
  });
  const follows = (from: number, to: number) => stepOf.has(from) && stepOf.get(to) === stepOf.get(from)! + 1;
  return {
    name: graph.name,
    nodes,
    edges: needs.flatMap((list, to) =>
      list.map((from) => ({
        from,
        to,
        residual: residual[nodes[to]!.id]?.includes(nodes[from]!.id) ?? false,
        critical: follows(from, to),
      })),
    ),
    impliedNeeds: index.needs.flat().length - needs.flat().length,
    criticalPathMs,
    adjacency: { order: index.order, needs, dependents },
  };
}

/** The same picture of what became of its nodes in a job. */
export function withOutcomes(picture: Picture, outcomeOf: (nodeId: string) => Outcome | undefined): Picture {
  return {
    ...picture,
    nodes: picture.nodes.map((node) => ({ ...node, ...present({ outcome: outcomeOf(node.id) }) })),
  };
}
