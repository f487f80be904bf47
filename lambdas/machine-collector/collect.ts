import type { Log } from '../../lib/core/ports/log';
import type { GraphRecords, MachineRegistry } from '../../lib/core/ports/machines';

export interface CollectDeps {
  readonly records: Pick<GraphRecords, 'unused'>;
  readonly registry: Pick<MachineRegistry, 'collect'>;
  readonly log: Log;
  /** Whether there is time for one more. */
  readonly hasTime: () => boolean;
}

/** Graphs looked at in one run; the rest is for the next day. */
const LIMIT = 1_000;

/**
 * Deletes the registered machines that no job used since `before` (milliseconds since the epoch). One that fails does
 * not keep the others: it comes again with the next run.
 * @returns hashes of the graphs whose machines are gone.
 */
export async function collectUnused({ records, registry, log, hasTime }: CollectDeps, before: number) {
  const collected: string[] = [];
  for (const hash of await records.unused(before, LIMIT)) {
    if (!hasTime()) break;
    try {
      if (await registry.collect(hash, before)) collected.push(hash);
    } catch (error) {
      log.error('machines of a graph were not collected', { hash, error: error as Error });
    }
  }
  return collected;
}
