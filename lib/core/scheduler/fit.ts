import type { WorkItem } from '../messages/pool';
import type { ReadOnly } from '../model/read-only';
import type { Resources } from '../model/resources';

/** What a worker offers. `*` is a machine that takes any label, and any resource it does not count. */
interface Offer {
  readonly labels: '*' | readonly string[];
  readonly slots: number;
  readonly resources?: Resources;
}

type Demand = ReadOnly<Pick<WorkItem, 'slots' | 'resources'>> & { readonly labels: readonly string[] };

/** Whether a worker could ever take the work, or replace another one: its labels, and its whole capacity. */
export function fits(worker: Offer, work: Demand | Offer): boolean {
  if (worker.slots < work.slots || !covers(worker, worker.resources ?? {}, work.resources)) return false;
  const { labels } = worker;
  return labels === '*' || (work.labels !== '*' && work.labels.every((label) => labels.includes(label)));
}

/** Whether what is left of a worker's resources is enough for what is asked. */
export function covers(worker: Offer, left: Resources, asked: Resources | undefined): boolean {
  if (asked === undefined) return true;
  return Object.entries(asked).every(([name, amount]) => {
    if (worker.labels === '*' && worker.resources?.[name] === undefined) return true;
    return (left[name] ?? 0) >= amount;
  });
}

/** How much more a worker has than the work asks for: labels and kinds of resources. */
export function surplus({ labels, resources }: Omit<Offer, 'slots'>, work: Omit<Demand, 'slots'>): number {
  if (labels === '*') return 0;
  if (resources === undefined) return labels.length - work.labels.length;
  const unasked = Object.keys(resources).filter((name) => work.resources?.[name] === undefined).length;
  return labels.length - work.labels.length + unasked;
}
