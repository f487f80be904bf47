type Present<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** The members that have a value: under `exactOptionalPropertyTypes` an optional one is left out, not undefined. */
export function present<T extends object>(members: T): Present<T> {
  const kept: { [K in keyof T]?: unknown } = {};
  for (const key of Object.keys(members) as (keyof T)[]) {
    if (members[key] !== undefined) kept[key] = members[key];
  }
  return kept as Present<T>;
}
