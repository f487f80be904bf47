import type { Looked } from '../imported';

/** The name that GitLab reads, or top-level jobs with a script and nothing of another system above them. */
export function looksLikeGitlab({ top, source }: Looked): boolean {
  if (/(^|[/.-])gitlab-ci\.ya?ml$/.test(source)) return true;
  if (!top || ['jobs', 'steps', 'nodes', 'apiVersion', 'kind'].some((key) => key in top)) return false;
  return Object.values(top).some((job) => typeof job === 'object' && job !== null && 'script' in job);
}
