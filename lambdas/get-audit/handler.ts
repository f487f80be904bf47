import { getAudit } from '../../lib/api/audit';
import { AUDIT_SHARDS } from '../../lib/core/audit/streams';
import { apiHandler } from '../shared/api';
import { perOwner } from '../shared/owner-quotas';
import { journal } from '../shared/tables';

export const handler = apiHandler(
  perOwner(getAudit({ journal: journal(), shards: AUDIT_SHARDS, clock: Date.now })),
);
