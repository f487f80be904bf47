import type { Looked } from '../imported';

/** `on` is the boolean true to readers of YAML 1.1. A job has `runs-on`, or `uses` of a workflow. */
export function looksLikeWorkflow({ top }: Looked): boolean {
  const jobs = top?.['jobs'];
  if (typeof jobs !== 'object' || jobs === null || Array.isArray(jobs)) return false;
  const hasRunner = Object.values(jobs).some(
    (job) => typeof job === 'object' && job !== null && ('runs-on' in job || 'uses' in job),
  );
  return hasRunner || 'on' in top! || 'true' in top!;
}
