import type { Clock } from '../../../core/ports/stores';
import type { GraphRecord, GraphRecords } from '../table/graph-records';
import type { GraphsBody } from '../queues/queue-messages';
import type { SendMessage } from '../queues/sender';

/** Asks for the machines of graphs, which the queue `graphs` has made one after the other. */
export interface MachineRequests {
  /** Asks for the machines of a graph that is stored, once for as long as it is open. */
  readonly want: (hash: string) => Promise<void>;
  /** Asks whatever is open: some of the machines were made, and the rest was refused for now. */
  readonly remind: (hash: string) => Promise<void>;
  /** Has a job started when its graph's machines, which were not found, are made again. */
  readonly startLater: (jobId: string, graphHash: string) => Promise<void>;
}

/**
 * One that nobody worked on for so long, in milliseconds, is asked for again: a registration that ran out of time leaves
 * machines half made. Each try of the builder is a sign of life, and it waits five minutes at most.
 */
const STALE_MS = 15 * 60_000;
/** Before the machines of a job that waits are looked for again, in seconds: a new one is not found at once. */
const LATER_SECONDS = 2;

export function createMachineRequests(deps: {
  readonly records: Pick<GraphRecords, 'get' | 'requested' | 'absent'>;
  readonly send: SendMessage;
  readonly clock: Clock;
}): MachineRequests {
  const { records, clock } = deps;
  const send = (body: GraphsBody, delaySeconds: number) => deps.send({ body, delaySeconds });

  function isOpen(record: GraphRecord | undefined): boolean {
    if (record === undefined || record.status === 'absent' || record.status === 'deleting') return false;
    return record.status === 'ready' || clock() - record.changedAt < STALE_MS;
  }

  return {
    async want(hash) {
      if (isOpen(await records.get(hash))) return;
      // The message first: a crash in between asks twice, which is harmless, and never marks what nobody makes.
      await send({ hash, tries: 0 }, 0);
      await records.requested(hash, clock());
    },
    async remind(hash) {
      await send({ hash, tries: 0 }, LATER_SECONDS);
      await records.requested(hash, clock());
    },
    async startLater(jobId, graphHash) {
      await records.absent(graphHash, clock());
      await send({ hash: graphHash, jobId, tries: 0 }, LATER_SECONDS);
    },
  };
}
