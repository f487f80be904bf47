import type { ForeignFile } from '../imported';
import {
  itemsOf,
  type Located,
  type LocatedMap,
  mapOf,
  refuse,
  type Spot,
  settingOf,
  shown,
  type Tell,
  textOf,
} from '../located/located';
import type { Lookup } from './evaluate';
import { inputsOf, withInputs } from './inputs';
import { deepMerge } from './merge';
import { readGitlabFile } from './read';
import { ruleOutcomes } from './rules';

/** The files of the repository, by their paths from its root. */
export interface RepositoryFiles {
  /** Paths that a pattern with `*` and `**` fits; the path itself, where there is such a file. */
  find(pattern: string): readonly string[];
  /** @throws RepriseError INPUT_INVALID when it cannot be read */
  read(path: string): string;
}

export interface Included {
  readonly config: LocatedMap;
  /** Whether some file was not read. */
  readonly isPartial: boolean;
}

/** GitLab's bound of files in one pipeline. */
const MOST_FILES = 150;

interface Reading {
  readonly files: RepositoryFiles | undefined;
  readonly lookup: Lookup;
  readonly tell: Tell;
  count: number;
  isPartial: boolean;
}

/**
 * The configuration of a file, with those that it includes under it.
 * @throws RepriseError INPUT_INVALID
 */
export function readWithIncludes(
  file: ForeignFile,
  { files, lookup, tell }: Pick<Reading, 'files' | 'lookup' | 'tell'>,
): Included {
  const reading: Reading = { files, lookup, tell, count: 0, isPartial: false };
  const read = readGitlabFile(file, tell);
  const spot = read.body.spot;
  const config = expand(withInputs(read, undefined, spot, tell), reading, []);
  return { config, isPartial: reading.isPartial };
}

function expand(body: Located, reading: Reading, path: readonly string[]): LocatedMap {
  const own = mapOf(body);
  const include = settingOf(own, 'include');
  if (!include) return own;
  let under: Located | undefined;
  for (const item of itemsOf(include)) {
    for (const config of included(item, reading, path)) under = under ? deepMerge(under, config) : config;
  }
  const rest: LocatedMap = {
    ...own,
    entries: new Map([...own.entries].filter(([key]) => key !== 'include')),
  };
  return under ? mapOf(deepMerge(under, rest)) : rest;
}

function included(item: Located, reading: Reading, path: readonly string[]): LocatedMap[] {
  if (item.kind === 'plain') {
    const text = textOf(item);
    if (/^https?:/.test(text)) return leftOut(item.spot, `the file at ${text}`, reading);
    return local(text, item.spot, undefined, reading, path);
  }
  const map = mapOf(item);
  const where = settingOf(map, 'local');
  if (!where) return leftOut(item.spot, shown(item), reading);
  const rules = settingOf(map, 'rules');
  if (rules) {
    const { matches, isDecided } = ruleOutcomes(rules, reading.lookup, reading.tell);
    const takes = matches.some((rule) => rule && textOf(settingOf(rule, 'when') ?? where) !== 'never');
    if (!takes) {
      reading.tell('left-out', rules.spot, `${textOf(where)} is not included under these conditions`);
      return [];
    }
    if (!isDecided) {
      reading.tell(
        'changed',
        rules.spot,
        `${textOf(where)} is included whether or not this holds (tell with --set)`,
      );
    }
  }
  return local(textOf(where), where.spot, map, reading, path);
}

function leftOut(spot: Spot, what: string, reading: Reading): LocatedMap[] {
  reading.isPartial = true;
  const message = `${what} is not read: only files of the repository are; add it to them as \`local\`, and import again`;
  reading.tell('left-out', spot, message);
  return [];
}

function local(
  given: string,
  spot: Spot,
  map: LocatedMap | undefined,
  reading: Reading,
  path: readonly string[],
): LocatedMap[] {
  const { files, lookup, tell } = reading;
  const pattern = filled(given, lookup).replace(/^\/+/, '');
  if (pattern.includes('$')) return leftOut(spot, `${given}, whose name is only known on GitLab,`, reading);
  if (pattern.split('/').includes('..')) {
    throw refuse(spot, `${given} leads out of the repository: name the file from its root`);
  }
  if (!/\.ya?ml$/.test(pattern)) throw refuse(spot, `${given}: an included file ends with .yml or .yaml`);
  if (!files) return leftOut(spot, given, reading);
  const found = files.find(pattern);
  if (found.length === 0)
    throw refuse(spot, `there is no ${pattern} in the repository (--root says where that is)`);
  return found.map((name) => {
    if (path.includes(name)) throw refuse(spot, `${name} includes itself: ${[...path, name].join(' -> ')}`);
    if (++reading.count > MOST_FILES) throw refuse(spot, `more than ${MOST_FILES} files are included`);
    const read = readGitlabFile({ text: files.read(name), source: name }, tell);
    return expand(withInputs(read, map && inputsOf(map), spot, tell), reading, [...path, name]);
  });
}

function filled(text: string, lookup: Lookup): string {
  return text.replace(/\$(?:(\w+)|\{(\w+)\})/g, (whole, bare: string, braced: string) => {
    return lookup(bare ?? braced) ?? whole;
  });
}
