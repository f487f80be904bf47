/** A value that whoever gets it may read and not change, as deep as it goes. */
export type ReadOnly<T> = T extends (...args: never[]) => unknown
  ? T
  : T extends ReadonlyMap<infer K, infer V>
    ? ReadonlyMap<K, ReadOnly<V>>
    : T extends ReadonlySet<infer V>
      ? ReadonlySet<V>
      : T extends object
        ? { readonly [P in keyof T]: ReadOnly<T[P]> }
        : T;

/** Hands out a value to be read only. */
export const readOnly = <T>(value: T): ReadOnly<T> => value as ReadOnly<T>;
