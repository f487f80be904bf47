import type { Looked } from '../imported';

/** What `turbo run --dry=json` prints: a list of tasks, each with its `taskId`. */
export function looksLikeTurbo({ top }: Looked): boolean {
  const tasks = top?.['tasks'];
  if (!Array.isArray(tasks)) return false;
  const [first] = tasks as unknown[];
  if (first === undefined) return 'turboVersion' in top!;
  return typeof first === 'object' && first !== null && 'taskId' in first;
}
