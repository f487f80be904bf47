import { getJob } from '../../lib/api/get-job';
import { openSlots } from '../../lib/core/recovery/silence';
import { apiHandler } from '../runtime/http';
import { perOwner } from '../shared/owner-quotas';
import { reader } from '../shared/readers';
import { workers } from '../shared/tables';

export const handler = apiHandler(
  perOwner(
    getJob({
      view: reader().view,
      slotsOf: async (pool) => openSlots(await workers().list(pool), Date.now()),
      clock: Date.now,
    }),
  ),
);
