import { checkRetryLimits, type RetryLimits } from '../core/access/retry-limits';
import { type Caller, isAdmin } from '../core/access/scopes';
import type { Graph } from '../core/dag/graph';
import { graphHash } from '../core/dag/hash';
import { RepriseError } from '../core/errors';
import type { Clock } from '../core/model/time';
import type { GraphOwners } from '../core/ports/machines';
import type { GraphStore } from '../core/ports/stores';

/** Graphs as callers see them: those that they brought themselves. */
export interface OwnedGraphs {
  /** Keeps a graph that an owner brings. Two that bring the same both have it. @throws RepriseError QUOTA_EXCEEDED */
  readonly keep: (owner: string, graph: Graph) => Promise<string>;
  /** @throws RepriseError GRAPH_NOT_FOUND: that of somebody else is as unknown as one that nobody brought. */
  readonly get: (caller: Caller, hash: string) => Promise<Graph>;
}

export interface OwnedGraphsDeps {
  readonly graphs: GraphStore;
  readonly owners: GraphOwners;
  /** Takes one of the new graphs that an owner may bring. @throws RepriseError QUOTA_EXCEEDED */
  readonly take: (owner: string, hash: string) => Promise<void>;
  readonly clock: Clock;
}

export function ownedGraphs({ graphs, owners, take, clock }: OwnedGraphsDeps): OwnedGraphs {
  return {
    async keep(owner, graph) {
      const hash = graphHash(graph);
      const isNew = !(await owners.owns(hash, owner));
      if (isNew) await take(owner, hash);
      await graphs.put(hash, graph);
      // The graph first: what somebody owns is there.
      if (isNew) await owners.claim(hash, owner, clock());
      return hash;
    },
    async get(caller, hash) {
      await requireGraph(owners, caller, hash);
      return graphs.get(hash);
    },
  };
}

/** @throws RepriseError GRAPH_NOT_FOUND */
export async function requireGraph(
  owners: Pick<GraphOwners, 'owns'>,
  caller: Caller,
  hash: string,
): Promise<void> {
  if (isAdmin(caller) || (await owners.owns(hash, caller.subject))) return;
  throw new RepriseError('GRAPH_NOT_FOUND', `no graph ${hash}: submit or register it first`);
}

/** The same, but a graph that asks for more retries than it may have is refused. @throws RepriseError RETRY_LIMITED */
export function limitedGraphs(graphs: OwnedGraphs, limits: () => Promise<RetryLimits>): OwnedGraphs {
  return {
    async keep(owner, graph) {
      checkRetryLimits(graph, await limits());
      return graphs.keep(owner, graph);
    },
    async get(caller, hash) {
      const graph = await graphs.get(caller, hash);
      checkRetryLimits(graph, await limits());
      return graph;
    },
  };
}

/** Where there is one owner, every graph is theirs. */
export function sharedGraphs(graphs: GraphStore): OwnedGraphs {
  return {
    async keep(_owner, graph) {
      const hash = graphHash(graph);
      await graphs.put(hash, graph);
      return hash;
    },
    get: (_caller, hash) => graphs.get(hash),
  };
}
