import { isRepriseError } from '../../../core/errors';
import type { Clock } from '../../../core/model/time';
import type { GraphRecord, GraphRecords } from '../../../core/ports/machines';
import type { GraphStore } from '../../../core/ports/stores';
import type { WorkflowChoice } from '../table/workflow-choices';
import { runnerInput } from './graph-runner-input';
import type { SfnMachines } from './sfn-machines';

export interface MachineChoiceDeps {
  readonly records: Pick<GraphRecords, 'get' | 'used'>;
  readonly machines: Pick<SfnMachines, 'exists' | 'startable'>;
  readonly graphs: Pick<GraphStore, 'get'>;
  /** ARN of the root machine of a graph. */
  readonly ownArn: (graphHash: string) => string;
  /** Runs any graph: it enters every node that its input lists. */
  readonly graphRunnerArn: string;
  readonly clock: Clock;
}

/** A use is noted when the last one is older, in milliseconds: collecting counts in days. */
const NOTE_EVERY_MS = 3_600_000;

/**
 * Chooses the machine for a job: the graph's own where it is, else the graph runner. A graph whose ids the latter cannot
 * take in gets its own even where that is still to be made: the start waits for it.
 */
export function createMachineChoice(deps: MachineChoiceDeps) {
  async function isOwnReady(hash: string): Promise<boolean> {
    const record = await deps.records.get(hash);
    if (record?.status === 'ready') return isFresh(record) || deps.records.used(hash, deps.clock());
    // Nobody has looked yet whether the stack has one.
    if (record !== undefined && record.status !== 'requested') return false;
    try {
      return await deps.machines.exists(deps.ownArn(hash));
    } catch (error) {
      // The graph runner runs it as well: no reason to wait.
      if (isRepriseError(error, 'UPSTREAM_UNAVAILABLE')) return false;
      throw error;
    }
  }

  const isFresh = ({ lastUsedAt }: GraphRecord) => deps.clock() - lastUsedAt < NOTE_EVERY_MS;

  return async (jobId: string, graphHash: string): Promise<WorkflowChoice> => {
    const isOwn =
      (await isOwnReady(graphHash)) || runnerInput(jobId, await deps.graphs.get(graphHash)) === undefined;
    const arn = isOwn ? deps.ownArn(graphHash) : deps.graphRunnerArn;
    return { graphHash, stateMachineArn: deps.machines.startable(arn), executionName: jobId };
  };
}
