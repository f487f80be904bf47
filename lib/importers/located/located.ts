import type { Path } from '../../core/dag/check/problems';
import type { RepriseError } from '../../core/errors';
import { LIMITS } from '../../core/limits';
import { refusal } from '../foreign';
import type { NoteKind } from '../imported';

/** A place in one of the files that a graph is made of. */
export interface Spot {
  readonly source: string;
  readonly path: Path;
  readonly line: number;
  readonly column: number;
}

export type Plain = string | number | boolean | null;

/**
 * A value of the configuration that knows where it stands. Files are included, jobs extend jobs and lists refer to
 * lists: whatever a job is made of in the end, each part of it still has its place.
 */
export type Located = LocatedPlain | LocatedList | LocatedMap | LocatedReference;

export interface LocatedPlain {
  readonly kind: 'plain';
  readonly value: Plain;
  readonly spot: Spot;
}

export interface LocatedList {
  readonly kind: 'list';
  readonly items: readonly Located[];
  readonly spot: Spot;
}

export interface LocatedMap {
  readonly kind: 'map';
  readonly entries: ReadonlyMap<string, Entry>;
  readonly spot: Spot;
}

/** `!reference [job, keyword]`. */
export interface LocatedReference {
  readonly kind: 'reference';
  readonly location: readonly string[];
  readonly spot: Spot;
}

export interface Entry {
  readonly value: Located;
  /** Where the key stands. */
  readonly spot: Spot;
}

/** Says something about a place. */
export type Tell = (kind: NoteKind, spot: Spot, message: string) => void;

/** The error that names one place. */
export function refuse(spot: Spot, message: string): RepriseError {
  const { source, path, line, column } = spot;
  return refusal(path, message, { source, locate: () => ({ line, column }) });
}

/** @throws RepriseError INPUT_INVALID for a command that is longer than a graph may have */
export function checkLength(run: string, spot: Spot): void {
  if (run.length <= LIMITS.runLength) return;
  throw refuse(
    spot,
    `the command has ${run.length} characters, more than ${LIMITS.runLength}: move scripts into files`,
  );
}

/** The entry of a key; what is null counts as not given. */
export function entryOf(map: LocatedMap, key: string): Entry | undefined {
  const entry = map.entries.get(key);
  return entry === undefined || isNull(entry.value) ? undefined : entry;
}

export function settingOf(map: LocatedMap, key: string): Located | undefined {
  return entryOf(map, key)?.value;
}

export function isNull(value: Located): boolean {
  return value.kind === 'plain' && value.value === null;
}

/** A plain value as text; nothing is empty text. @throws RepriseError INPUT_INVALID */
export function textOf(value: Located): string {
  if (value.kind !== 'plain') throw refuse(value.spot, `expected text, got ${nameOf(value)}`);
  return value.value === null ? '' : String(value.value);
}

/** @throws RepriseError INPUT_INVALID */
export function mapOf(value: Located): LocatedMap {
  if (value.kind !== 'map') throw refuse(value.spot, `expected a mapping, got ${nameOf(value)}`);
  return value;
}

/** The items of a list, lists in it written out; anything else is a list of one. */
export function itemsOf(value: Located): readonly Located[] {
  if (value.kind !== 'list') return isNull(value) ? [] : [value];
  return value.items.flatMap((item) => (item.kind === 'list' ? itemsOf(item) : [item]));
}

/** @throws RepriseError INPUT_INVALID */
export function flagOf(value: Located): boolean {
  if (value.kind === 'plain' && typeof value.value === 'boolean') return value.value;
  throw refuse(value.spot, `expected true or false, got ${nameOf(value)}`);
}

/** A value as plain data, for a note. */
export function dataOf(value: Located): unknown {
  if (value.kind === 'plain') return value.value;
  if (value.kind === 'list') return value.items.map(dataOf);
  if (value.kind === 'reference') return `!reference [${value.location.join(', ')}]`;
  return Object.fromEntries([...value.entries].map(([key, entry]) => [key, dataOf(entry.value)]));
}

/** Characters of a value that a note shows. */
const SHOWN = 120;

export function shown(value: Located): string {
  const text = value.kind === 'plain' ? String(value.value) : JSON.stringify(dataOf(value));
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}...` : text;
}

const sizes = new WeakMap<Located, number>();

/**
 * How many values a value holds, each counted wherever it stands: aliases and parameters make one stand in many places.
 * Each is looked at once. @throws RepriseError INPUT_INVALID past the bound of a document
 */
export function sizeOf(value: Located): number {
  if (value.kind === 'plain') return 1;
  const known = sizes.get(value);
  if (known !== undefined) return known;
  const inner: readonly Located[] =
    value.kind === 'list'
      ? value.items
      : value.kind === 'map'
        ? [...value.entries.values()].map((entry) => entry.value)
        : [];
  const size = inner.reduce((sum, one) => sum + sizeOf(one), 1);
  if (size > LIMITS.documentValues) throw tooMuch(value.spot);
  sizes.set(value, size);
  return size;
}

export function tooMuch(spot: Spot): RepriseError {
  return refuse(
    spot,
    `written out, this is more than ${LIMITS.documentValues} values: it refers to too much, too often`,
  );
}

/** Every text in a value, to look for names in. */
export function textsIn(value: Located): string[] {
  if (value.kind === 'plain') return typeof value.value === 'string' ? [value.value] : [];
  if (value.kind === 'list') return value.items.flatMap(textsIn);
  if (value.kind === 'reference') return [];
  return [...value.entries.values()].flatMap((entry) => textsIn(entry.value));
}

function nameOf(value: Located): string {
  if (value.kind === 'map') return 'a mapping';
  if (value.kind === 'list') return 'a list';
  if (value.kind === 'reference') return 'a reference';
  return value.value === null ? 'nothing' : `the ${typeof value.value} ${String(value.value)}`;
}
