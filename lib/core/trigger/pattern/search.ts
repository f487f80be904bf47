import type { BusEvent } from '../../messages/public-event';
import type { Alternative, Field } from './fields';
import { tooInvolved } from './invalid';
import { isObject, type Leaf } from './matcher';

/** The lists that a leaf is in, outermost first, and at which place in each. */
type Chain = readonly { readonly list: number; readonly index: number }[];

/** Which place of which list has been chosen. */
type Choice = ReadonlyMap<number, number>;

const NONE: Choice = new Map();

/** Lists in each other that are looked into. */
const MAX_NESTING = 100;

interface Found {
  readonly value: Leaf;
  readonly chain: Chain;
}

/** The leaves of one path: those in no further list, and by list and place those that are. */
interface Branch {
  readonly leaves: Found[];
  readonly lists: Map<number, Map<number, Branch>>;
}

interface Root extends Branch {
  /** All lists that a leaf of the path is in. */
  readonly all: Set<number>;
}

/** The leaves of an event by the paths that a pattern names. */
export type Leaves = ReadonlyMap<string, Root>;

/** Says that one more place of the event is looked at. */
export type Spend = () => void;

/**
 * Everything of an event that is no list and no mapping, by the names that lead to it with dots between them: a dot in a
 * name and a mapping in a mapping are the same.
 * https://github.com/aws/event-ruler#json-array-matching
 */
export function leavesOf(event: BusEvent, paths: Iterable<string>): Leaves {
  const wanted = new Set(paths);
  const above = new Set([...wanted].flatMap(prefixesOf));
  const leaves = new Map<string, Root>();
  let lists = 0;

  function visit(value: unknown, path: string, chain: Chain): void {
    if (Array.isArray(value)) {
      const list = lists++;
      if (chain.length > MAX_NESTING) throw tooInvolved(`an event with ${MAX_NESTING} lists in each other`);
      value.forEach((one, index) => {
        // A leaf of a list is in none of its places: the list as a whole is what has it.
        const isNested = Array.isArray(one) || isObject(one);
        visit(one, path, isNested ? [...chain, { list, index }] : chain);
      });
    } else if (isObject(value)) {
      if (above.has(path))
        for (const key of Object.keys(value)) visitKey(value[key], `${path}.${key}`, chain);
    } else if (wanted.has(path)) {
      branchAt(leaves, path, chain).leaves.push({ value: value as Leaf, chain });
    }
  }

  function visitKey(value: unknown, path: string, chain: Chain): void {
    // What is undefined does not stand in the JSON that the bus carries.
    if (value !== undefined && (above.has(path) || wanted.has(path))) visit(value, path, chain);
  }

  for (const key of Object.keys(event)) visitKey(event[key], key, []);
  return leaves;
}

const newBranch = (): Branch => ({ leaves: [], lists: new Map() });
const newRoot = (): Root => ({ ...newBranch(), all: new Set() });

/** Every path that leads to this one: `a.b.c` is below `a` and `a.b`. */
function prefixesOf(path: string): string[] {
  const names = path.split('.');
  return names.slice(1).map((_, i) => names.slice(0, i + 1).join('.'));
}

function branchAt(leaves: Map<string, Root>, path: string, chain: Chain): Branch {
  const root = held(leaves, path, newRoot);
  let branch: Branch = root;
  for (const { list, index } of chain) {
    root.all.add(list);
    branch = held(held(branch.lists, list, newMap<Branch>), index, newBranch);
  }
  return branch;
}

const newMap = <T>(): Map<number, T> => new Map();

function held<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

/**
 * Whether an event is as all fields want it. As EventBridge has it, the fields are asked in the order of their paths, and
 * each only about the places of lists that the ones before were found in: what does not exist there does not exist.
 * @param fields in the order of their paths.
 */
export function isFound(fields: Alternative, leaves: Leaves, spend: Spend): boolean {
  const open = listsFrom(fields, leaves);
  const failed = fields.map(() => new Set<string>());

  function find(at: number, choice: Choice): boolean {
    const field = fields[at];
    if (!field) return true;
    const key = [...choice].flat().join();
    if (failed[at]?.has(key)) return false;
    const next = (found?: Found) => find(at + 1, chosen(choice, found?.chain ?? [], open[at + 1]));
    if (asks(field, leaves, choice, spend, next)) return true;
    failed[at]?.add(key);
    return false;
  }

  return find(0, NONE);
}

function asks(
  { path, matchers }: Field,
  leaves: Leaves,
  choice: Choice,
  spend: Spend,
  next: (found?: Found) => boolean,
): boolean {
  const branch = leaves.get(path);
  const within = () => (branch ? possible(branch, choice, spend) : [][Symbol.iterator]());
  const wantsNone = matchers.some(({ test }) => test === undefined);
  if (wantsNone && within().next().done === true && next()) return true;
  for (const found of within()) {
    if (matchers.some(({ test }) => test?.(found.value)) && next(found)) return true;
  }
  return false;
}

/** The leaves that are in the places chosen, or in lists of which none is chosen. */
function* possible(branch: Branch, choice: Choice, spend: Spend): Generator<Found, void> {
  for (const leaf of branch.leaves) {
    spend();
    yield leaf;
  }
  for (const [list, places] of branch.lists) {
    spend();
    const index = choice.get(list);
    const some = index === undefined ? places.values() : [places.get(index)].values();
    for (const place of some) if (place) yield* possible(place, choice, spend);
  }
}

/** By field the lists that it or one after it is in: others no longer matter then. */
function listsFrom(fields: Alternative, leaves: Leaves): ReadonlySet<number>[] {
  const open: ReadonlySet<number>[] = [];
  const lists = new Set<number>();
  for (const [at, { path }] of [...fields.entries()].reverse()) {
    for (const list of leaves.get(path)?.all ?? []) lists.add(list);
    open[at] = new Set(lists);
  }
  return open;
}

/** The choice with the places of a leaf, as far as they matter still. In order, so that equal ones read alike. */
function chosen(choice: Choice, chain: Chain, open: ReadonlySet<number> | undefined): Choice {
  if (!open || open.size === 0) return NONE;
  const all = new Map(choice);
  for (const { list, index } of chain) all.set(list, index);
  return new Map([...all].filter(([list]) => open.has(list)).sort(([a], [b]) => a - b));
}
