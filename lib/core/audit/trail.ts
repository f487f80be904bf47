import { isRepriseError } from '../errors';
import { type Recorded, record, type StreamHead } from '../journal/envelope';
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
/** Records of one append. */
const MOST = 64;

interface Noted {
  readonly command: CommandRecord;
  readonly ids: CallIds;
}

/** Records that are written together, once the batch before is. */
interface Batch {
  readonly records: Noted[];
  readonly written: Promise<void>;
}

/**
 * Records commands in the order in which they were noted: what comes while an append is under way goes together with the next.
 * Refusals that repeat are counted: see `createFloodGate`.
 */
export function createAuditTrail(deps: AuditTrailDeps): AuditTrail {
  const { journal, clock, shards, shard, onLost, gate = createFloodGate() } = deps;
  let last: Promise<void> = Promise.resolve();
  /** Not begun, so that more can join it. */
  let open: Batch | undefined;

  async function append(batch: readonly Noted[]): Promise<void> {
    for (let conflicts = 0; ; conflicts++) {
      const at = clock();
      const stream = auditStreams(dayOf(at), shards)[shard] as string;
      try {
        const head = await journal.head(stream);
        return await journal.append(stream, head, recorded(stream, head, batch, at));
      } catch (error) {
        if (!isRepriseError(error, 'VERSION_CONFLICT') || conflicts >= MAX_CONFLICTS) throw error;
      }
    }
  }

  function newBatch(): Batch {
    const records: Noted[] = [];
    last = last
      .then(() => {
        if (open?.records === records) open = undefined;
        return append(records);
      })
      .catch((error: unknown) => {
        for (const { command } of records) onLost(command, error);
      });
    return { records, written: last };
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
      if (!open || open.records.length >= MOST) open = newBatch();
      open.records.push({ command: { ...command, ...counts }, ids });
      return open.written;
    },
  };
}

/** The records of a batch, chained, each with the call that it is of. */
function recorded(stream: string, head: StreamHead, batch: readonly Noted[], at: number): Recorded[] {
  const events: Recorded[] = [];
  for (const { command, ids } of batch) {
    const { principal: id, correlationId = ids.traceId } = command;
    const cause = {
      at,
      actor: { kind: 'user' as const, id },
      causeId: ids.requestId,
      correlationId,
      traceId: ids.traceId,
    };
    events.push(
      ...record(stream, events.at(-1) ?? head, [{ type: 'command.recorded', data: command }], cause),
    );
  }
  return events;
}

const ONCE = { times: 1, unwritten: 0 };

function kindOf({ principal, source, action, code = '' }: CommandRecord): string {
  return JSON.stringify([principal, source, action, code]);
}
