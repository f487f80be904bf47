/** A place in a JSON value that is not as it was. */
export interface JsonChange {
  /** Members, from the outside in; of a list of pairs by the first of a pair, of another list by number, from 0. */
  readonly path: readonly string[];
  /** Absent where there was nothing. */
  readonly from?: unknown;
  /** Absent where there is nothing any more. */
  readonly to?: unknown;
}

/** The innermost places where two JSON values differ. */
export function jsonChanges(before: unknown, after: unknown, path: readonly string[] = []): JsonChange[] {
  const [older, newer] = [membersOf(before), membersOf(after)];
  if (!older || !newer || Array.isArray(before) !== Array.isArray(after))
    return before === after ? [] : [changeAt(path, before, after)];
  return [...new Set([...older.keys(), ...newer.keys()])].flatMap((name) =>
    jsonChanges(older.get(name), newer.get(name), [...path, name]),
  );
}

function changeAt(path: readonly string[], from: unknown, to: unknown): JsonChange {
  return { path, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
}

/** Undefined of what has no members. A map is kept as a list of pairs. */
function membersOf(value: unknown): ReadonlyMap<string, unknown> | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (!Array.isArray(value)) return new Map(Object.entries(value));
  const isMap = value.length > 0 && value.every(isPair);
  return isMap
    ? new Map(value as [string, unknown][])
    : new Map(value.map((item, i): [string, unknown] => [String(i), item]));
}

const isPair = (value: unknown): boolean =>
  Array.isArray(value) && value.length === 2 && typeof value[0] === 'string';
