import type { ListedJob } from '../../../lib/core/ports/registries';

/** A job of ana as lists have it. */
export const LISTED: ListedJob = {
  jobId: 'j',
  owner: 'ana',
  name: 'test',
  status: 'running',
  priority: 'normal',
  submittedAt: 1_700_000_000_000,
};
