/**
 * What can bound how long jobs take. `lock` is a concurrency key, `queue` the number of jobs that may run at once, `label`
 * the workers with some labels, `slots` the pool as a whole.
 */
export const BOUND_KINDS = [
  'lock',
  'resource',
  'label',
  'slots',
  'queue',
  'dependency',
  'suite',
  'node',
] as const;
export type BoundKind = (typeof BOUND_KINDS)[number];

/** A bound by its kind and name: a key, a resource, labels, a dependency, a suite, a node; `slots` and `queue` have none. */
export interface Bound {
  readonly kind: BoundKind;
  readonly name: string;
}

export const SLOTS: Bound = { kind: 'slots', name: '' };
export const QUEUE: Bound = { kind: 'queue', name: '' };

/** How the workers are called that have these labels. */
export const labelName = (labels: readonly string[]): string => labels.toSorted().join(' + ');

/** A node of any job of a graph. */
export const nodeName = (graph: string, nodeId: string): string => `${graph}/${nodeId}`;

const boundKey = ({ kind, name }: Bound): string => `${kind}|${name}`;

/** Time by what it is blamed on, milliseconds. */
export interface Blame {
  readonly add: (bound: Bound, ms: number) => void;
  readonly entries: () => readonly (readonly [Bound, number])[];
}

export function createBlame(): Blame {
  const held = new Map<string, { readonly bound: Bound; ms: number }>();
  return {
    add(bound, ms) {
      const key = boundKey(bound);
      const entry = held.get(key) ?? { bound, ms: 0 };
      entry.ms += ms;
      held.set(key, entry);
    },
    entries: () => [...held.values()].map(({ bound, ms }) => [bound, ms] as const),
  };
}
