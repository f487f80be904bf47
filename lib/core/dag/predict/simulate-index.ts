import { type DurationHistory, withLearnedDurations } from '../../history/durations';
import type { Graph } from '../graph';
import { type GraphIndex, indexGraph } from '../graph-index';
import { demandsOf, type Fleet } from './simulate-fleet';
import { planSchedule } from './simulate-plan';

/** What a runtime knows beside the graph. */
export interface Outlook {
  readonly history: DurationHistory;
  readonly fleet: Fleet;
}

/**
 * A graph with learned durations and with ranks planned for a fleet, so that the pool, which orders by rank, does
 * what `reprise simulate` foretells. Nodes keep their order. Ranks are in no event: they may differ each time.
 * @param hash that of the graph as its author wrote it; the index carries it on.
 * @throws RepriseError NODE_UNSCHEDULABLE
 */
export function plannedIndex(graph: Graph, hash: string, { history, fleet }: Outlook): GraphIndex {
  const learned = withLearnedDurations(graph, history);
  const index = indexGraph(learned, hash);
  // Where every duration is the same guess, a plan is no better than the rank, and takes longer.
  if (learned.nodes.every(({ durationMs }) => durationMs === undefined)) return index;
  // Whoever cannot run it is told at once; the plan is not needed before something is ready.
  demandsOf(learned.nodes, fleet);
  let planned: readonly number[] | undefined;
  return {
    ...index,
    get rank() {
      planned ??= planSchedule(index, fleet).rank;
      return planned;
    },
  };
}
