import { isRepriseError } from '../errors';
import { type Actor, type Recorded, record } from '../journal/envelope';
import type { Clock } from '../model/time';
import type { JournalStore } from '../ports/stores';
import type { CleanupEvent } from './events';

/** Kind of the streams that say what went: their effects are performed by whoever cleans up, and by no relay. */
export const CLEANUP_KIND = 'cleanup';

/** What went, journalled: a stream for each month (UTC), such as `cleanup/2026-11`. */
export interface Audit {
  /** Durable when it resolves. @returns the events as they are recorded. */
  readonly note: (events: readonly CleanupEvent[]) => Promise<readonly Recorded<CleanupEvent>[]>;
}

/** How often an append is tried against another run that writes at the same time. */
const MAX_CONFLICTS = 10;

/** The stream that holds what goes at a time, milliseconds since the epoch. */
export function auditStream(at: number): string {
  return `${CLEANUP_KIND}/${new Date(at).toISOString().slice(0, 'yyyy-mm'.length)}`;
}

export interface AuditDeps {
  readonly journal: Pick<JournalStore, 'head' | 'append'>;
  readonly clock: Clock;
  readonly actor: Actor;
  /** Of the run: cause and trace of its events. */
  readonly run: string;
}

export function createAudit({ journal, clock, actor, run }: AuditDeps): Audit {
  return {
    async note(events) {
      for (let conflicts = 0; ; conflicts++) {
        const at = clock();
        const stream = auditStream(at);
        const cause = { at, actor, causeId: run, correlationId: stream, traceId: run };
        try {
          const head = await journal.head(stream);
          const recorded = record(stream, head, events, cause);
          await journal.append(stream, head, recorded);
          return recorded;
        } catch (error) {
          if (!isRepriseError(error, 'VERSION_CONFLICT') || conflicts >= MAX_CONFLICTS) throw error;
        }
      }
    },
  };
}
