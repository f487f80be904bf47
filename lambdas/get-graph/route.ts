import { z } from 'zod';
import type { GraphRecords } from '../../lib/adapters/aws/table/graph-records';
import type { MachineRegistry } from '../../lib/adapters/aws/machines/registry';
import { graphHash } from '../../lib/adapters/http/contract';
import type { GraphView } from '../../lib/contract/graphs';
import { none, type Route } from '../../lib/api/route';
import { SCOPES } from '../../lib/core/access/scopes';
import type { Compilation } from '../../lib/core/dag/compile';
import { RepriseError } from '../../lib/core/errors';
import { graphSummaryBody } from '../../lib/api/views/graph';

const params = z.object({ hash: graphHash });
const query = z.object({ machine: z.string().max(64).optional() });

/** A Lambda's answer ends at 6 MB; a definition takes up to one of them, and escapes add to both. */
const MAX_RESIDUAL_BYTES = 3_000_000;

/** A registered or submitted graph: what it takes, its machines, whether they are there. */
export function getGraphRoute(deps: {
  readonly registry: Pick<MachineRegistry, 'compilationOf' | 'definitionOf' | 'arnOf'>;
  readonly records: Pick<GraphRecords, 'get'>;
}): Route<typeof none, typeof params, typeof query> {
  return {
    name: 'GET /graphs/{hash}',
    scopes: [SCOPES.jobs, SCOPES.admin],
    body: none,
    params,
    query,
    async handle({ params: { hash }, query: { machine } }) {
      const compilation = await deps.registry.compilationOf(hash);
      const definition = (name: string) => deps.registry.definitionOf(compilation, name) ?? unknown(name);
      const summary = graphSummaryBody(compilation, deps.registry.arnOf(hash), await deps.records.get(hash));
      const body: GraphView = {
        ...summary,
        machines: compilation.machines.map(({ name }) => ({
          name,
          bytes: Buffer.byteLength(definition(name)),
        })),
        ...residualOf(compilation),
        ...(machine === undefined ? {} : { definition: JSON.parse(definition(machine)) }),
      };
      return { status: 200, body };
    },
  };
}

function residualOf({ residual }: Compilation): Pick<GraphView, 'residual'> {
  if (JSON.stringify(residual).length > MAX_RESIDUAL_BYTES) return {};
  return { residual: Object.fromEntries(Object.entries(residual).map(([id, needs]) => [id, [...needs]])) };
}

function unknown(machine: string): never {
  const message = `the graph has no machine ${JSON.stringify(machine)}`;
  throw new RepriseError('INPUT_INVALID', `machine: ${message}`, {
    problems: [{ code: 'INPUT_INVALID', path: 'machine', message }],
  });
}
