import type { Clock } from '../../../core/model/time';
import type { GraphRecord, GraphRecords, MachineRequests } from '../../../core/ports/machines';
import type { GraphsBody } from '../queues/queue-messages';
import type { SendMessage } from '../queues/sender';

/**
 * One that nobody worked on for so long, in milliseconds, is asked for again: a registration that ran out of time leaves
 * machines half made. Each try of the builder is a sign of life, and it waits two minutes at most.
 */
const STALE_MS = 15 * 60_000;
/** What was refused is not asked for again for so long, in milliseconds. */
const REFUSED_MS = 3_600_000;
/** Before what Step Functions refused for now is tried again, in seconds. */
const LATER_SECONDS = 2;

export function createMachineRequests(deps: {
  readonly records: Pick<GraphRecords, 'get' | 'noted' | 'requested'>;
  readonly send: SendMessage;
  /** Whether an owner may have the machines of one more graph made. */
  readonly mayMake: (owner: string, hash: string) => Promise<boolean>;
  readonly clock: Clock;
}): MachineRequests {
  const { records, clock } = deps;
  const send = (body: GraphsBody, delaySeconds: number) => deps.send({ body, delaySeconds });

  function isOpen({ status, changedAt }: GraphRecord): boolean {
    if (status === 'noted' || status === 'absent' || status === 'deleting') return false;
    return status === 'ready' || clock() - changedAt < (status === 'refused' ? REFUSED_MS : STALE_MS);
  }

  return {
    async want(hash, owner) {
      const record = await records.get(hash);
      if (record === undefined || record.status === 'absent')
        return void (await records.noted(hash, clock()));
      if (isOpen(record) || !(await deps.mayMake(owner, hash))) return;
      // The message first: a crash in between asks twice, which is harmless, and never marks what nobody makes.
      await send({ hash }, 0);
      await records.requested(hash, clock());
    },
    async remind(hash) {
      await send({ hash }, LATER_SECONDS);
      await records.requested(hash, clock());
    },
  };
}
