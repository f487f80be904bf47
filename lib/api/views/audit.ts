import type { AuditRecordBody } from '../../contract/audit';
import type { AuditEntry } from '../../core/audit/list';
import { present } from '../../core/model/present';
import { timeOf } from './time';

export function auditRecordBody(entry: AuditEntry): AuditRecordBody {
  const { at, correlationId, requestId, traceId, ...rest } = entry;
  const ids = { request_id: requestId, trace_id: traceId };
  return { at: timeOf(at), ...rest, ...present({ correlation_id: correlationId }), ...ids };
}
