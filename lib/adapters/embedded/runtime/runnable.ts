import type { Graph, GraphNode } from '../../../core/dag/graph';
import { type ErrorCode, type Problem, RepriseError } from '../../../core/errors';
import type { Worker } from '../../../core/messages/pool';
import type { Resources } from '../../../core/model/resources';
import { covers } from '../../../core/scheduler/fit';

/** The worker that a machine is. */
export const LOCAL_WORKER = 'local';

/** The one pool that a machine is. */
export const MACHINE_POOL = 'default';

/** What this machine gives to commands. */
export interface Machine {
  readonly slots: number;
  /** Command by suite id. */
  readonly suites: Readonly<Record<string, string>>;
  /** Amounts of named resources; of one that is not named here there is always enough. */
  readonly resources?: Resources;
}

/** This machine as the one worker of its pool. */
export function localWorker({ slots, resources }: Pick<Machine, 'slots' | 'resources'>): Worker {
  const counted = resources === undefined ? {} : { resources };
  return { workerId: LOCAL_WORKER, labels: '*', slots, ...counted };
}

/** @throws RepriseError SUITE_UNKNOWN, NODE_UNSCHEDULABLE: what would otherwise be found out hours later. */
export function checkRunnable(graph: Graph, machine: Machine): void {
  const problems = graph.nodes.flatMap((node, i) =>
    faultsOf(node, machine).map(([code, why]): Problem => {
      return { code, path: `nodes[${i}]`, message: `node ${node.id}${why}` };
    }),
  );
  const [first] = problems;
  if (!first) return;
  const message = problems.length === 1 ? first.message : `${problems.length} nodes cannot run here`;
  throw new RepriseError(first.code, message, { problems });
}

function faultsOf(node: GraphNode, machine: Machine): [ErrorCode, string][] {
  const { work, slots, forEach } = node;
  const { suites, resources = {} } = machine;
  const faults: [ErrorCode, string][] = [];
  // The suite of an item may depend on the item, which is known only when it comes to run.
  const isOpen = forEach !== undefined && work.kind === 'suite' && work.suite.includes('{{');
  if (work.kind === 'suite' && !isOpen && !Object.hasOwn(suites, work.suite)) {
    const why = `: no command is known for the suite ${JSON.stringify(work.suite)}: add it to the file that --suites names`;
    faults.push(['SUITE_UNKNOWN', why]);
  }
  if (slots > machine.slots) {
    const why = ` takes ${slots} slots, this machine has ${machine.slots}: raise --slots`;
    faults.push(['NODE_UNSCHEDULABLE', why]);
  }
  const { slots: mostSlots = slots, ...most } = node.retry.bigger?.most ?? {};
  if (slots <= machine.slots && mostSlots > machine.slots) {
    const why = ` may take ${mostSlots} slots when it is tried again, this machine has ${machine.slots}: raise --slots, or lower retry.bigger.most`;
    faults.push(['NODE_UNSCHEDULABLE', why]);
  }
  for (const [name, amount] of Object.entries({ ...node.resources, ...most })) {
    if (covers({ labels: '*', slots: machine.slots, resources }, resources, { [name]: amount })) continue;
    const why = ` takes ${amount} of ${name}, this machine has ${resources[name]}: raise --resources ${name}=N`;
    faults.push(['NODE_UNSCHEDULABLE', why]);
  }
  return faults;
}
