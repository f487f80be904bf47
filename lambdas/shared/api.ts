import type { Served } from '../../lib/api/route';
import { AUDIT_SHARDS } from '../../lib/core/audit/streams';
import { type AuditTrail, createAuditTrail } from '../../lib/core/audit/trail';
import { once } from '../runtime/once';
import { routedHandler as handlerOf } from '../runtime/routed';
import { count, logger } from '../runtime/telemetry';
import { answers, journal } from './tables';

/**
 * Where calls are recorded. A process writes to one of the streams of a day, so that those which run at the same time seldom meet. What
 * cannot be written is logged whole and counted, which raises an alarm; the caller is answered as without it.
 */
const lazily = once(() =>
  createAuditTrail({
    ...{ journal: journal(), clock: Date.now, shards: AUDIT_SHARDS },
    shard: Math.floor(Math.random() * AUDIT_SHARDS),
    onLost(record, error) {
      count('RecordsLost');
      logger.error('a record of the audit trail could not be written', { record, error: error as Error });
    },
  }),
);

/** The table is asked for when the first call is recorded. */
export const auditTrail: AuditTrail = { note: (command, ids) => lazily().note(command, ids) };

/** The table is asked for when a call has an `Idempotency-Key`. */
const keeping = { trail: auditTrail, keeping: () => ({ answers: answers(), clock: Date.now }) };

/** The function of one route. */
export const apiHandler = (served: Served) => routedHandler([served]);

/** One function for several routes. */
export const routedHandler = (routes: readonly Served[]) => handlerOf(routes, keeping);
