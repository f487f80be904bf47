import { isRepriseError } from '../errors';
import { record } from '../journal/envelope';
import { present } from '../model/present';
import type { Clock } from '../model/time';
import type { JournalStore } from '../ports/stores';
import type { CommandRecord } from './events';
import { createFloodGate, type FloodGate } from './flood';
import { auditStreams, dayOf } from './streams';

/** Of which call a record is. */
export interface CallIds {
  readonly requestId: string;
  readonly traceId: string;
}

/** Where commands are recorded. */
export interface AuditTrail {
  /** Durable when it resolves, where it is written at all; never rejects. What could not be written, `onLost` hears. */
  readonly note: (command: CommandRecord, ids: CallIds) => Promise<void>;
}

export interface AuditTrailDeps {
  readonly journal: Pick<JournalStore, 'head' | 'append'>;
  readonly clock: Clock;
  /** Streams of a day, and which of them this process writes to. */
  readonly shards: number;
  readonly shard: number;
  readonly gate?: FloodGate;
  /** Hears of a record that could not be written; the answer of the call is not touched by that. */
  readonly onLost: (command: CommandRecord, error: unknown) => void;
}

/** How often an append is tried against other processes that write at the same time. */
const MAX_CONFLICTS = 10;

/** Records commands, one after the other. Refusals that repeat are counted: see `createFloodGate`. */
export function createAuditTrail(deps: AuditTrailDeps): AuditTrail {
  const { journal, clock, shards, shard, onLost, gate = createFloodGate() } = deps;
  let last: Promise<void> = Promise.resolve();

  async function append(command: CommandRecord, { requestId, traceId }: CallIds): Promise<void> {
    const { principal: id, correlationId = traceId } = command;
    for (let conflicts = 0; ; conflicts++) {
      const at = clock();
      const stream = auditStreams(dayOf(at), shards)[shard] as string;
      const cause = { at, actor: { kind: 'user' as const, id }, causeId: requestId, correlationId, traceId };
      try {
        const head = await journal.head(stream);
        const events = record(stream, head, [{ type: 'command.recorded', data: command }], cause);
        return await journal.append(stream, head, events);
      } catch (error) {
        if (!isRepriseError(error, 'VERSION_CONFLICT') || conflicts >= MAX_CONFLICTS) throw error;
      }
    }
  }

  return {
    note(command, ids) {
      const admitted = command.outcome === 'accepted' ? ONCE : gate(kindOf(command), clock());
      if (admitted === undefined) return Promise.resolve();
      const { times, unwritten } = admitted;
      const counts = present({
        times: times > 1 ? times : undefined,
        unwritten: unwritten > 0 ? unwritten : undefined,
      });
      const written = { ...command, ...counts };
      last = last.then(() => append(written, ids)).catch((error: unknown) => onLost(written, error));
      return last;
    },
  };
}

const ONCE = { times: 1, unwritten: 0 };

function kindOf({ principal, source, action, code = '' }: CommandRecord): string {
  return JSON.stringify([principal, source, action, code]);
}
