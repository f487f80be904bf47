import {
  entryOf,
  type Located,
  type LocatedMap,
  mapOf,
  refuse,
  settingOf,
  shown,
  type Tell,
  textOf,
} from '../located/located';
import type { Pipeline } from './pipeline';

/** What a configuration defines, by name. */
export interface Config {
  readonly root: LocatedMap;
  /** Whether it has parameters, commands, executors and orbs. */
  readonly isReusable: boolean;
  readonly jobs: LocatedMap['entries'];
  readonly commands: LocatedMap['entries'];
  readonly executors: LocatedMap['entries'];
  /** What each orb is, such as `circleci/node@5.2`. */
  readonly orbs: ReadonlyMap<string, string>;
  readonly workflows: LocatedMap['entries'];
  readonly pipeline: Pipeline;
}

/** Keys of a configuration that are read elsewhere. */
const READ = new Set(['commands', 'executors', 'jobs', 'orbs', 'parameters', 'version', 'workflows']);
/** Keys that hold anchors, or change nothing. */
const HARMLESS = new Set(['description', 'display', 'references', 'experimental']);

/** @throws RepriseError INPUT_INVALID */
export function configOf(root: LocatedMap, pipeline: Pipeline, tell: Tell): Config {
  const version = settingOf(root, 'version');
  if (!version) throw refuse(root.spot, 'a configuration of CircleCI says its `version`');
  if (!/^2(\.[01])?$/.test(textOf(version)))
    throw refuse(version.spot, `there is no version ${textOf(version)} that is known here: 2, 2.0 or 2.1`);
  for (const [key, { spot, value }] of root.entries) {
    if (key === 'setup' && value.kind === 'plain' && value.value === true) {
      tell(
        'changed',
        spot,
        'the configuration that it makes is not run: import the one that goes on, with `circleci config process` where it is made',
      );
    } else if (!READ.has(key) && !HARMLESS.has(key) && !key.startsWith('x-') && isActive(key)) {
      tell('left-out', spot, `nothing like ${key} is known here (${shown(value)})`);
    }
  }
  const orbs = partOf(root, 'orbs');
  for (const [name, { spot, value }] of orbs) {
    tell(
      'left-out',
      spot,
      `the orb ${name} (${orbName(value)}) runs only on CircleCI: its commands and jobs are left out where they are used`,
    );
  }
  const { entries: workflows } = mapOf(
    settingOf(root, 'workflows') ?? { kind: 'map', entries: new Map(), spot: root.spot },
  );
  return {
    root,
    isReusable: textOf(version) === '2.1',
    jobs: partOf(root, 'jobs'),
    commands: partOf(root, 'commands'),
    executors: partOf(root, 'executors'),
    orbs: new Map([...orbs].map(([name, { value }]) => [name, orbName(value)])),
    workflows: new Map([...workflows].filter(([name]) => name !== 'version')),
    pipeline,
  };
}

function isActive(key: string): boolean {
  return !key.startsWith('.') && !key.startsWith('_');
}

function orbName(value: Located): string {
  return value.kind === 'plain' ? textOf(value) : 'written in this file';
}

function partOf(root: LocatedMap, key: string): LocatedMap['entries'] {
  const entry = entryOf(root, key);
  return entry ? mapOf(entry.value).entries : new Map();
}

/** The orb that a name such as `node/install` is of. */
export function orbOf(name: string, { orbs }: Config): string | undefined {
  const [orb = '', ...rest] = name.split('/');
  return rest.length > 0 && orbs.has(orb) ? `${name} of the orb ${orbs.get(orb)}` : undefined;
}
