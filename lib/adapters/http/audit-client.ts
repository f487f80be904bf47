import type { AuditRecordBody } from '../../contract/audit';
import type { AuditEntry, AuditFilter } from '../../core/audit/list';
import { present } from '../../core/model/present';
import { type ClientOptions, createClientCaller } from './api-caller';
import { everyPage } from './every-item';

/** The part of the REST API that gives out the audit trail. */
export interface AuditClient {
  /** Every record that is wanted and that the caller may see, the oldest first. */
  readonly entries: (filter: AuditFilter) => AsyncIterable<AuditEntry>;
}

const PAGE = 500;

export function createAuditClient(options: ClientOptions): AuditClient {
  const ask = createClientCaller(options);
  return {
    async *entries({ principal, action, outcome, job, from, to }) {
      const asked = { ...present({ principal, action, outcome, job }), limit: PAGE };
      const times = { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
      for await (const { records } of everyPage(ask, 'getAudit', { query: { ...asked, ...times } })) {
        yield* records.map(entryOf);
      }
    },
  };
}

function entryOf(body: AuditRecordBody): AuditEntry {
  const { at, correlation_id, request_id, trace_id, ...rest } = body;
  const ids = { requestId: request_id, traceId: trace_id };
  return { at: Date.parse(at), ...present(rest), ...present({ correlationId: correlation_id }), ...ids };
}
