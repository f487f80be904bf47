import { isRepriseError } from '../../../core/errors';
import { LIMITS } from '../../../core/limits';
import { addressOf } from '../../../core/messages/address';
import { traceNamed, traceOfJob } from '../../../core/model/trace';
import type { TraceIndex, TracePlace } from '../../../core/ports/traces';
import type { FileJournalStore } from './journal-store';
import { readOnce } from './marks';

const KINDS = ['job', 'trigger', 'letter', 'dependency'] as const;

/** The ids that a journal carries. */
interface Carried {
  /** Of the first event of a job, as it was given and as OpenTelemetry has it. */
  readonly traces: readonly string[];
  /** The first event of each call. */
  readonly calls: ReadonlyMap<string, number>;
}

/** Looks for ids in the journals themselves: nothing else is kept of them on a machine. What was read is held until a journal grows. */
export function createFileTraceIndex(journal: Pick<FileJournalStore, 'marks' | 'written'>): TraceIndex {
  const carriedBy = readOnce((stream) => idsIn(journal, stream), {
    maxSize: LIMITS.heldTraceIds,
    sizeOf: ({ traces, calls }) => traces.length + calls.size + 1,
  });

  return {
    async places(id) {
      const named = [id, traceNamed(id)?.traceId];
      const found: TracePlace[] = [];
      for (const kind of KINDS) {
        for (const { stream, mark } of await journal.marks(kind)) {
          const { traces, calls } = await carriedBy(stream, mark);
          const seq = traces.some((trace) => named.includes(trace)) ? 1 : calls.get(id);
          if (seq !== undefined) found.push({ stream, seq });
        }
      }
      return found;
    },
  };
}

/** A journal that cannot be read carries what stands before its damage. */
async function idsIn({ written }: Pick<FileJournalStore, 'written'>, stream: string): Promise<Carried> {
  const { kind, id } = addressOf(stream);
  const calls = new Map<string, number>();
  const traces: string[] = [];
  try {
    for await (const { seq, correlationId, traceId } of written(stream)) {
      if (seq === 1 && kind === 'job') traces.push(traceId, traceOfJob(traceId, id).traceId);
      if (!calls.has(correlationId)) calls.set(correlationId, seq);
    }
  } catch (error) {
    if (!isRepriseError(error, 'JOURNAL_CORRUPT')) throw error;
  }
  return { traces, calls };
}
