import type { Resources, WorkItem } from './inputs';

/** Whether an execution node could ever take the work: its labels, and its whole capacity. */
export function fits(
  worker: {
    readonly labels: '*' | readonly string[];
    readonly slots: number;
    readonly resources?: Resources;
  },
  work: Pick<WorkItem, 'slots' | 'resources'> & { readonly labels: readonly string[] },
): boolean {
  if (worker.slots < work.slots || !covers(worker.resources ?? {}, work.resources)) return false;
  if (worker.labels === '*') return true;
  const labels = worker.labels;
  return work.labels.every((label) => labels.includes(label));
}

/** Whether there is at least as much of everything as is asked for. */
export function covers(free: Resources, asked: Resources | undefined): boolean {
  return asked === undefined || Object.entries(asked).every(([name, amount]) => (free[name] ?? 0) >= amount);
}
