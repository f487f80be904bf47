import { LRUCache } from 'lru-cache';
import type { Graph } from '../dag/graph';
import { type GraphIndex, indexGraph } from '../dag/graph-index';
import { weightOf } from '../dag/weight';
import { type DurationHistory, NO_HISTORY, nodeHash, withLearnedDurations } from '../history/durations';
import { LIMITS } from '../limits';
import type { HistoryStore } from '../ports/history';
import type { Log } from '../ports/log';
import type { GraphStore } from '../ports/stores';

/** Finds what to expect of nodes by their hashes. Never fails: what cannot be read is not known. */
export type DurationsOf = (nodes: readonly string[]) => Promise<DurationHistory>;

export interface GraphIndexDeps {
  readonly graphs: Pick<GraphStore, 'get'>;
  /** What graphs declare is all that is known, where absent. */
  readonly durationsOf?: DurationsOf;
  /** Ranks of its own for graphs, where the runtime knows more than they say. Nodes must keep their order. */
  readonly indexGraph?: (graph: Graph, hash: string, history: DurationHistory) => GraphIndex;
}

/** The graphs that jobs are decided over, with the ranks of their nodes by the durations that earlier jobs measured. */
export interface GraphIndexes {
  /**
   * @param anew durations are looked up again, as a job is submitted; else those hold that were found before, if any.
   * @throws RepriseError GRAPH_NOT_FOUND
   */
  readonly of: (hash: string, anew?: boolean) => Promise<GraphIndex>;
}

interface Known {
  readonly graph: Graph;
  /** Of the nodes that declare no duration. */
  readonly nodes: readonly string[];
  readonly history: DurationHistory;
  readonly index: GraphIndex;
}

/** Holds the latest. A job whose process dies may go on over later durations: ranks are in no event of it. */
export function createGraphIndexes({ graphs, durationsOf, indexGraph: own }: GraphIndexDeps): GraphIndexes {
  const all = new LRUCache<string, Known>({ maxSize: LIMITS.indexedNodes });
  const index = own ?? ranked;

  async function lookUp(hash: string, known: Known | undefined): Promise<GraphIndex> {
    const graph = known?.graph ?? (await graphs.get(hash));
    const nodes = known?.nodes ?? (durationsOf ? undeclared(graph) : []);
    const history = nodes.length > 0 && durationsOf ? await durationsOf(nodes) : NO_HISTORY;
    if (known && isSame(known.history, history)) return known.index;
    const next = { graph, nodes, history, index: index(graph, hash, history) };
    all.set(hash, next, { size: weightOf(graph) });
    return next.index;
  }

  return {
    async of(hash, anew = false) {
      const known = all.get(hash);
      return known && !(anew && durationsOf) ? known.index : lookUp(hash, known);
    },
  };
}

/** Durations from the history. Where it cannot be read the graphs are ranked by what they declare, and the log says so. */
export function durationsFrom(
  history: Pick<HistoryStore, 'durationsOf'>,
  log?: Pick<Log, 'warn'>,
): DurationsOf {
  return async (nodes) => {
    try {
      return await history.durationsOf(nodes);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      log?.warn('the history cannot be read: a job is ranked by what its graph declares', { why });
      return NO_HISTORY;
    }
  };
}

const ranked = (graph: Graph, hash: string, history: DurationHistory): GraphIndex =>
  indexGraph(withLearnedDurations(graph, history), hash);

const undeclared = ({ nodes }: Graph): string[] => [
  ...new Set(nodes.filter(({ durationMs }) => durationMs === undefined).map(nodeHash)),
];

function isSame(a: DurationHistory, b: DurationHistory): boolean {
  return a.size === b.size && [...a].every(([node, ms]) => b.get(node) === ms);
}
