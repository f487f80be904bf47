/** A job of ana as lists have it. */
export const LISTED = {
  jobId: 'j',
  owner: 'ana',
  name: 'test',
  status: 'running',
  priority: 'normal' as const,
  submittedAt: 1_700_000_000_000,
};
