import type { GraphRecords } from '../../lib/adapters/aws/table/graph-records';
import type { MachineRegistry } from '../../lib/adapters/aws/machines/registry';
import type { MachineRequests } from '../../lib/adapters/aws/machines/requests';
import type { CompilationStore } from '../../lib/adapters/aws/bucket/compilation-store';
import { registerGraphRequest } from '../../lib/contract/graphs';
import { readGraph } from '../../lib/api/graph-document';
import { none, type Route } from '../../lib/api/route';
import { SCOPES } from '../../lib/core/access/scopes';
import { compile } from '../../lib/core/dag/compile';
import { graphHash } from '../../lib/core/dag/hash';
import { isRepriseError } from '../../lib/core/errors';
import type { GraphStore } from '../../lib/core/ports/stores';
import { graphSummaryBody } from '../../lib/api/views/graph';

export interface RegisterGraphDeps {
  readonly graphs: Pick<GraphStore, 'put'>;
  readonly compilations: CompilationStore;
  readonly records: Pick<GraphRecords, 'get'>;
  readonly registry: Pick<MachineRegistry, 'ensure' | 'arnOf'>;
  readonly requests: Pick<MachineRequests, 'remind'>;
  readonly onRegistered: () => void;
}

/**
 * Registers a graph: compiled, kept under its hash, its machines made. Where Step Functions wants them later they are
 * left to the queue, and the answer says `pending`: a registration is never refused for that.
 */
export function registerGraphRoute(
  deps: RegisterGraphDeps,
): Route<typeof registerGraphRequest, typeof none, typeof none> {
  return {
    name: 'POST /graphs',
    scopes: [SCOPES.jobs, SCOPES.admin],
    body: registerGraphRequest,
    params: none,
    query: none,
    async handle({ body }) {
      const graph = readGraph(body.execution_graph);
      const hash = graphHash(graph);
      const known = await deps.records.get(hash);
      const compilation = (known && (await deps.compilations.get(hash))) ?? compile(graph);
      await deps.graphs.put(hash, graph);
      await deps.compilations.put(compilation);
      await makeMachines(deps, hash);
      const isNew = known === undefined || known.status === 'absent' || known.status === 'deleting';
      if (isNew) deps.onRegistered();
      const record = await deps.records.get(hash);
      return {
        status: isNew ? 201 : 200,
        body: graphSummaryBody(compilation, deps.registry.arnOf(hash), record),
      };
    },
  };
}

async function makeMachines({ registry, requests }: RegisterGraphDeps, hash: string): Promise<void> {
  try {
    await registry.ensure(hash);
  } catch (error) {
    if (!isRepriseError(error, 'UPSTREAM_UNAVAILABLE')) throw error;
    await requests.remind(hash);
  }
}
