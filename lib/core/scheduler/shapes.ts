import { present } from '../model/present';
import type { ReadOnly } from '../model/read-only';
import type { PoolEvent, Shape, WhyUnschedulable } from './events';

/** What work asks of a worker, and since when no worker takes any such work. */

/** A shape that no worker takes. Times in milliseconds since the epoch. */
export interface Unschedulable extends Shape {
  /** For whichever reason. */
  readonly since: number;
  /** Since when all workers that it fits are kept off; absent where there is none. */
  readonly keptOffSince?: number;
}

export const shapeOf = ({ labels, slots, resources }: ReadOnly<Shape>): Shape => ({
  ...{ labels: labels.toSorted(), slots },
  ...present({ resources }),
});

export function shapeKey({ labels, slots, resources = {} }: ReadOnly<Shape>): string {
  return [slots, labels.toSorted(), Object.entries(resources).sort().join()].join('|');
}

export const whyOf = ({ keptOffSince }: ReadOnly<Unschedulable>): WhyUnschedulable =>
  keptOffSince === undefined ? 'noWorker' : 'keptOff';

type UnschedulableEvent = Extract<PoolEvent, { type: 'queue.unschedulable' | 'queue.schedulable' }>;

/** @param at time of the event, milliseconds since the epoch. */
export function evolveUnschedulable(
  unschedulable: Map<string, Unschedulable>,
  { type, data }: UnschedulableEvent,
  at: number,
): void {
  const key = shapeKey(data);
  const known = unschedulable.get(key);
  unschedulable.delete(key);
  if (type === 'queue.schedulable') return;
  const keptOffSince = data.why === 'keptOff' ? at : undefined;
  unschedulable.set(key, { ...shapeOf(data), since: known?.since ?? at, ...present({ keptOffSince }) });
}
