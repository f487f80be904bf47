import { type Compilation, compile } from '../../../core/dag/compile';
import { fillDefinition, machineName, ROOT_MACHINE } from '../../../core/dag/emit/machine-names';
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
      // The record first: a machine that a crash leaves behind is then known to be ours.
      if (!(await records.pending(hash, names, clock()))) return;
      // The ones that are started before those that start them: where the root is, all are.
      for (const name of [...names].reverse()) {
        await machines.create(arnOf(hash, name), definitionOf(compilation, name) as string);
      }
      await records.ready(hash, 'registered', { machines: names, at: clock() });
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
