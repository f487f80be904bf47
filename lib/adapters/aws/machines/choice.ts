import type { MachineForm } from '../../../core/dag/emit/forms';
import { isRepriseError } from '../../../core/errors';
import type { Clock } from '../../../core/model/time';
import type { GraphRecord, GraphRecords } from '../../../core/ports/machines';
import type { WorkflowChoice, WorkflowRun } from '../table/workflow-choices';
import { executionName } from './execution-name';
import type { SfnMachines } from './sfn-machines';

export interface MachineChoiceDeps {
  readonly records: Pick<GraphRecords, 'get' | 'used'>;
  readonly machines: Pick<SfnMachines, 'exists' | 'startable'>;
  /** Which machines the environment wants; those that are there of another time are left to be collected. */
  readonly form: MachineForm;
  /** ARN of the root machine of a graph. */
  readonly ownArn: (graphHash: string) => string;
  /** Runs any graph. */
  readonly graphRunnerArn: string;
  readonly clock: Clock;
}

/** A use is noted when the last one is older, in milliseconds: collecting counts in days. */
const NOTE_EVERY_MS = 3_600_000;

/** Chooses the machine for a run of a job: the graph's own where it is, else the graph runner. */
export function createMachineChoice(deps: MachineChoiceDeps) {
  async function isOwnReady(hash: string): Promise<boolean> {
    const record = await deps.records.get(hash);
    if (record?.status === 'ready') return isFresh(record) || deps.records.used(hash, deps.clock());
    // Nobody has looked yet whether the stack has one.
    if (record !== undefined && record.status !== 'noted' && record.status !== 'requested') return false;
    try {
      return await deps.machines.exists(deps.ownArn(hash));
    } catch (error) {
      // The graph runner runs it as well: no reason to wait.
      if (isRepriseError(error, 'UPSTREAM_UNAVAILABLE')) return false;
      throw error;
    }
  }

  const isFresh = ({ lastUsedAt }: GraphRecord) => deps.clock() - lastUsedAt < NOTE_EVERY_MS;

  return async (of: WorkflowRun, graphHash: string): Promise<WorkflowChoice> => {
    const isOwn = deps.form === 'per-node' && (await isOwnReady(graphHash));
    const arn = isOwn ? deps.ownArn(graphHash) : deps.graphRunnerArn;
    return { graphHash, stateMachineArn: deps.machines.startable(arn), executionName: executionName(of) };
  };
}
