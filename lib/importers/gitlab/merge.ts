import { LIMITS } from '../../core/limits';
import {
  type Entry,
  itemsOf,
  type Located,
  type LocatedMap,
  mapOf,
  refuse,
  type Spot,
  type Tell,
  textOf,
  tooMuch,
} from '../located/located';

/** What there is to say where something is not there: files that were not read may have it. */
export interface Absent {
  /** Whether files were left out. */
  readonly mayBeElsewhere: boolean;
  readonly tell: Tell;
}

/** Mappings are merged key by key, over each other; lists and everything else are replaced. */
export function deepMerge(under: Located, over: Located): Located {
  if (under.kind !== 'map' || over.kind !== 'map') return over;
  const entries = new Map<string, Entry>(under.entries);
  for (const [key, entry] of over.entries) {
    const before = under.entries.get(key);
    entries.set(key, before ? { value: deepMerge(before.value, entry.value), spot: entry.spot } : entry);
  }
  return { kind: 'map', entries, spot: over.spot };
}

/** GitLab's bound of `extends` and of references in each other. */
const DEEPEST = 10;

/**
 * The configuration with every `extends` written out: what is extended lies under what extends it, of several the
 * later over the earlier.
 * @throws RepriseError INPUT_INVALID for a job that is not there, a circle, and more than ten levels
 */
export function extendAll(config: LocatedMap, absent: Absent): LocatedMap {
  const done = new Map<string, Entry>();
  const entries = new Map<string, Entry>();
  for (const [name, entry] of config.entries) {
    entries.set(name, extended(name, entry, { config, done, absent, path: [] }));
  }
  return { ...config, entries };
}

interface Extending {
  readonly config: LocatedMap;
  readonly done: Map<string, Entry>;
  readonly absent: Absent;
  readonly path: readonly string[];
}

function extended(name: string, entry: Entry, at: Extending): Entry {
  const known = at.done.get(name);
  if (known) return known;
  const { value } = entry;
  const own = value.kind === 'map' ? value.entries.get('extends') : undefined;
  if (value.kind !== 'map' || !own) return entry;
  const path = [...at.path, name];
  if (at.path.includes(name)) throw refuse(own.spot, `\`extends\` goes in a circle: ${path.join(' -> ')}`);
  if (path.length > DEEPEST + 1) throw refuse(own.spot, `\`extends\` is more than ${DEEPEST} levels deep`);
  let under: Located | undefined;
  for (const item of itemsOf(own.value)) {
    const base = baseOf(textOf(item), item.spot, { ...at, path });
    if (base) under = under ? deepMerge(under, base) : base;
  }
  const rest: LocatedMap = { ...value, entries: without(value.entries, 'extends') };
  const merged: Entry = { value: under ? deepMerge(under, rest) : rest, spot: entry.spot };
  at.done.set(name, merged);
  return merged;
}

function baseOf(name: string, spot: Spot, at: Extending): Located | undefined {
  const base = at.config.entries.get(name);
  if (base) return mapOf(extended(name, base, at).value);
  const message = `there is no ${JSON.stringify(name)} to extend`;
  if (!at.absent.mayBeElsewhere) throw refuse(spot, message);
  at.absent.tell('left-out', spot, `${message}: it may stand in a file that was not read`);
  return undefined;
}

function without(entries: ReadonlyMap<string, Entry>, key: string): Map<string, Entry> {
  return new Map([...entries].filter(([name]) => name !== key));
}

/**
 * The configuration with every `!reference` replaced by what it refers to, after `extends`.
 * @throws RepriseError INPUT_INVALID for what is not there, a circle, and more than ten levels
 */
export function resolveAll(config: LocatedMap, absent: Absent): LocatedMap {
  let looked = 0;
  const resolve = (value: Located, path: readonly string[]): Located => {
    if (++looked > LIMITS.documentValues) throw tooMuch(value.spot);
    if (value.kind === 'plain') return value;
    if (value.kind === 'list') {
      const items = value.items.map((item) => resolve(item, path));
      return { ...value, items };
    }
    if (value.kind === 'map') {
      const entries = [...value.entries].map(
        ([key, entry]) => [key, { ...entry, value: resolve(entry.value, path) }] as const,
      );
      return { ...value, entries: new Map(entries) };
    }
    const name = value.location.join('.');
    if (path.includes(name)) throw refuse(value.spot, `this reference refers to itself: ${name}`);
    if (path.length >= DEEPEST) throw refuse(value.spot, `references are more than ${DEEPEST} levels deep`);
    let found: Located | undefined = config;
    for (const key of value.location)
      found = found?.kind === 'map' ? found.entries.get(key)?.value : undefined;
    if (found) return resolve(found, [...path, name]);
    const message = `!reference [${value.location.join(', ')}] is not there`;
    if (!absent.mayBeElsewhere) throw refuse(value.spot, message);
    absent.tell('left-out', value.spot, `${message}: it may stand in a file that was not read`);
    return { kind: 'list', items: [], spot: value.spot };
  };
  return mapOf(resolve(config, []));
}
