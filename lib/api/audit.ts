import { isAdmin } from '../core/access/scopes';
import { type AuditSource, auditPage, cursorOf, placeOf } from '../core/audit/list';
import { LIMITS } from '../core/limits';
import { present } from '../core/model/present';
import type { Clock } from '../core/model/time';
import { invalidInput, type Served, serve } from './route';
import { ROUTES } from './routes';
import { auditRecordBody } from './views/audit';

const DAY_MS = 24 * 3_600_000;

/** Administrators read the whole trail; others what they did, and what was done to what is theirs. */
export function getAudit(source: AuditSource & { readonly clock: Clock }): Served {
  return serve(ROUTES.getAudit, async ({ caller, query }) => {
    const { from, to, limit, cursor, principal, action, outcome, job } = query;
    const now = source.clock();
    const place = cursor === undefined ? undefined : placeOf(cursor);
    if (cursor !== undefined && !place) throw invalidInput('cursor', 'is none that this list gave');
    const filter = {
      ...present({ principal, action, outcome, job }),
      ...(isAdmin(caller) ? {} : { subject: caller.subject }),
      from: from === undefined ? now - (now % DAY_MS) : Date.parse(from),
      to: to === undefined ? now + 1 : Date.parse(to),
    };
    const { entries, next } = await auditPage(source, filter, { limit, read: LIMITS.auditRead }, place);
    const records = entries.map(auditRecordBody);
    return { status: 200, body: { records, ...(next && { next_cursor: cursorOf(next) }) } };
  });
}
