import { type Compilation, compile } from '../core/dag/compile';
import { isRepriseError } from '../core/errors';
import { present } from '../core/model/present';
import type {
  CompilationStore,
  GraphOwners,
  GraphRecords,
  MachineRegistry,
  MachineRequests,
  MachineStatus,
} from '../core/ports/machines';
import { readGraph } from './graph-document';
import { type OwnedGraphs, requireGraph } from './owned-graphs';
import { invalidInput, type Served, serve } from './route';
import { ROUTES } from './routes';
import { graphSummaryBody } from './views/graph';

/** A Lambda's answer ends at 6 MB; a definition takes up to one of them, and escapes add to both. */
const MAX_RESIDUAL_BYTES = 3_000_000;

/** A registered or submitted graph: what it takes, its machines, whether they are there. */
export function getGraph(deps: {
  readonly registry: Pick<MachineRegistry, 'compilationOf' | 'definitionOf' | 'arnOf'>;
  readonly records: Pick<GraphRecords, 'get'>;
  readonly owners: Pick<GraphOwners, 'owns'>;
}): Served {
  const { registry, records } = deps;
  return serve(ROUTES.getGraph, async ({ caller, params: { hash }, query: { machine } }) => {
    await requireGraph(deps.owners, caller, hash);
    const compilation = await registry.compilationOf(hash);
    const definition = (name: string) => registry.definitionOf(compilation, name) ?? unknown(name);
    const machines = compilation.machines.map(({ name }) => {
      return { name, bytes: Buffer.byteLength(definition(name)) };
    });
    return {
      status: 200,
      body: {
        ...graphSummaryBody(compilation, registry.arnOf(hash), await records.get(hash)),
        machines,
        ...present({
          residual: residualOf(compilation),
          definition: machine === undefined ? undefined : JSON.parse(definition(machine)),
        }),
      },
    };
  });
}

function residualOf({ residual }: Compilation): Record<string, string[]> | undefined {
  if (JSON.stringify(residual).length > MAX_RESIDUAL_BYTES) return undefined;
  return Object.fromEntries(Object.entries(residual).map(([id, needs]) => [id, [...needs]]));
}

function unknown(machine: string): never {
  throw invalidInput('machine', `the graph has no machine ${JSON.stringify(machine)}`);
}

export interface RegisterGraphDeps {
  readonly graphs: Pick<OwnedGraphs, 'keep'>;
  /** Takes one of the graphs whose machines an owner may have made. @throws RepriseError QUOTA_EXCEEDED */
  readonly takeMachines: (owner: string, hash: string) => Promise<void>;
  readonly compilations: CompilationStore;
  readonly records: Pick<GraphRecords, 'get'>;
  readonly registry: Pick<MachineRegistry, 'ensure' | 'refuse' | 'arnOf'>;
  readonly requests: Pick<MachineRequests, 'remind'>;
  readonly onRegistered: () => void;
}

/**
 * Registers a graph: compiled, kept under its hash, its machines made. Where Step Functions wants them later they are
 * left to the queue, and the answer says `pending`; where there are as many as may be it says `absent`. A registration is
 * never refused for that: jobs run on the graph runner.
 */
export function registerGraph(deps: RegisterGraphDeps): Served {
  const { graphs, compilations, records, registry } = deps;
  return serve(ROUTES.registerGraph, async ({ body, caller }) => {
    const graph = readGraph(body.execution_graph);
    const hash = await graphs.keep(caller.subject, graph);
    const known = await records.get(hash);
    const isNew = !MADE.has(known?.status);
    if (isNew) await deps.takeMachines(caller.subject, hash);
    const compilation = (known && (await compilations.get(hash))) ?? compile(graph);
    await compilations.put(compilation);
    await makeMachines(deps, hash);
    if (isNew) deps.onRegistered();
    const record = await records.get(hash);
    return {
      status: isNew ? 201 : 200,
      body: graphSummaryBody(compilation, registry.arnOf(hash), record),
    };
  });
}

/** What is not made, nor on the way. */
const MADE: ReadonlySet<MachineStatus | undefined> = new Set(['requested', 'pending', 'ready']);

async function makeMachines({ registry, requests }: RegisterGraphDeps, hash: string): Promise<void> {
  try {
    await registry.ensure(hash);
  } catch (error) {
    if (isRepriseError(error, 'UPSTREAM_UNAVAILABLE')) return requests.remind(hash);
    if (!isRepriseError(error, 'QUOTA_EXCEEDED')) throw error;
    await registry.refuse(hash);
  }
}
