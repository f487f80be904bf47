import { execFileSync } from 'node:child_process';

/** A JSON Schema, as far as `print.mjs` writes it. */
export interface Shape {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Shape[];
  readonly items?: Shape;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: false | Shape;
}

/** Kind of stream -> type of event -> version in which it is written, and what its data is. */
export type EventShapes = Readonly<
  Record<string, Readonly<Record<string, { readonly v: number; readonly data: Shape }>>>
>;

/** What the data of events is today, by their types. */
export function shapesOfToday(): Readonly<Record<string, Readonly<Record<string, Shape>>>> {
  return JSON.parse(
    execFileSync(process.execPath, ['test/support/event-shapes/print.mjs'], { encoding: 'utf8' }),
  );
}

/**
 * Whether whatever an older shape allows, a newer one does too, so that what was written then can be read as it is: members
 * that may be left out are new, words and kinds are more.
 */
export function takes(newer: Shape, older: Shape): boolean {
  if (JSON.stringify(newer) === JSON.stringify(older)) return true;
  if (older.anyOf) return older.anyOf.every((each) => takes(newer, each));
  if (newer.anyOf) return newer.anyOf.some((each) => takes(each, older));
  if (Object.keys(newer).length === 0) return true;
  if (older.enum) return older.enum.every((word) => newer.enum?.includes(word) || newer.type === typeof word);
  if (newer.enum || newer.type !== older.type) return false;
  if (older.items && newer.items) return takes(newer.items, older.items);
  return older.type === 'object' && takesObject(newer, older);
}

function takesObject(newer: Shape, older: Shape): boolean {
  const { properties: before = {}, required: given = [], additionalProperties: others = false } = older;
  const { properties: now = {}, required = [], additionalProperties: more = false } = newer;
  const fits = (at: Shape | false, what: Shape | false) =>
    what === false || (at !== false && takes(at, what));
  return (
    required.every((name) => given.includes(name)) &&
    Object.entries(before).every(([name, shape]) => fits(now[name] ?? more, shape)) &&
    fits(more, others)
  );
}
