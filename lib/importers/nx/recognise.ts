import type { Looked } from '../imported';

/** A file of `--graph`, which has projects beside tasks, or the graph of tasks alone. */
export function looksLikeNx({ top }: Looked): boolean {
  const tasks = top?.['tasks'];
  if (typeof tasks !== 'object' || tasks === null || Array.isArray(tasks)) return isProjects(top);
  return 'tasks' in tasks || 'dependencies' in top!;
}

/** Without tasks: its importer says how to get them. */
function isProjects(top: Looked['top']): boolean {
  const graph = top?.['graph'];
  return typeof graph === 'object' && graph !== null && 'nodes' in graph && 'dependencies' in graph;
}
