import { type Compilation, compile } from '../../../core/dag/compile';
import { fillDefinition, machineName, ROOT_MACHINE } from '../../../core/dag/emit/machine-names';
import { RepriseError } from '../../../core/errors';
import type { Clock } from '../../../core/model/time';
import type {
  CompilationStore,
  GraphRecord,
  GraphRecords,
  MachineRegistry,
} from '../../../core/ports/machines';
import type { GraphStore } from '../../../core/ports/stores';
import type { SfnMachines } from './sfn-machines';

export interface MachineRegistryDeps {
  readonly graphs: Pick<GraphStore, 'get'>;
  readonly compilations: CompilationStore;
  readonly records: GraphRecords;
  readonly machines: SfnMachines;
  readonly arnPrefix: string;
  readonly jobsQueueUrl: string;
  /** Registered machines that there may be, of the account's number. */
  readonly budget: number;
  readonly clock: Clock;
}

export function createMachineRegistry(deps: MachineRegistryDeps): MachineRegistry {
  const { records, machines, compilations, clock } = deps;
  const arnOf = (hash: string, machine = ROOT_MACHINE) => machineName(deps.arnPrefix, hash, machine);

  async function compilationOf(hash: string): Promise<Compilation> {
    return (await compilations.get(hash)) ?? compile(await deps.graphs.get(hash));
  }

  function definitionOf({ graph, machines: compiled }: Compilation, machine: string): string | undefined {
    const found = compiled.find(({ name }) => name === machine);
    if (!found) return undefined;
    const machineArn = (nested: string) => arnOf(graph.hash, nested);
    return fillDefinition(JSON.stringify(found.definition), { jobsQueueUrl: deps.jobsQueueUrl, machineArn });
  }

  /** The stack makes its machines without a record: one that is there and unknown is the stack's. */
  async function isOfStack(hash: string, record: GraphRecord | undefined): Promise<boolean> {
    return record?.origin !== 'registered' && machines.exists(arnOf(hash));
  }

  /** Asked before each graph and not counted with it: those that are made at the same time may exceed it by a few. */
  async function requireBudget(wanted: number): Promise<void> {
    if ((await records.count(deps.budget)) + wanted <= deps.budget) return;
    const message = `${wanted} more state machines would be more than the ${deps.budget} that graphs may have: jobs run on the graph runner`;
    throw new RepriseError('QUOTA_EXCEEDED', message);
  }

  return {
    compilationOf,
    arnOf,
    definitionOf,
    async ensure(hash) {
      const record = await records.get(hash);
      if (record?.status === 'ready') return;
      const compilation = await compilations.put(await compilationOf(hash));
      const names = compilation.machines.map(({ name }) => name);
      if (await isOfStack(hash, record)) {
        await records.ready(hash, 'stack', { machines: names, at: clock() });
        return;
      }
      if (record?.status !== 'pending') await requireBudget(names.length);
      // The record first: a machine that a crash leaves behind is then known to be ours.
      if (!(await records.pending(hash, names, clock()))) return;
      // The ones that are started before those that start them: where the root is, all are.
      for (const name of [...names].reverse()) {
        await machines.create(arnOf(hash, name), definitionOf(compilation, name) as string);
      }
      await records.ready(hash, 'registered', { machines: names, at: clock() });
    },
    async refuse(hash) {
      const record = await records.get(hash);
      if (!(await records.refused(hash, clock()))) return;
      // The root comes last: where it is, all are, and nothing is refused.
      for (const name of record?.machines ?? []) await machines.remove(arnOf(hash, name));
    },
    async collect(hash, before) {
      const record = await records.get(hash);
      if (record?.origin !== 'registered') return false;
      const arns = (record.machines ?? [ROOT_MACHINE]).map((name) => arnOf(hash, name));
      if (record.status === 'ready') {
        if (record.lastUsedAt >= before) return false;
        for (const arn of arns) if (await machines.isRunning(arn)) return false;
        // A job that chooses them now has noted its use, and this fails; after it, no job chooses them.
        if (!(await records.deleting(hash, record.lastUsedAt, clock()))) return false;
      } else if (record.status !== 'deleting') return false;
      for (const arn of arns) await machines.remove(arn);
      await records.absent(hash, clock());
      return true;
    },
  };
}
