import { LIMITS } from '../../core/limits';
import {
  entryOf,
  flagOf,
  type Located,
  type LocatedMap,
  mapOf,
  refuse,
  settingOf,
  sizeOf,
  type Tell,
  textOf,
  tooMuch,
} from '../located/located';
import type { Pipeline } from './pipeline';
import { fill, namesOf, type Scope } from './template';

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
  /** Values that may yet be written out: parameters multiply them. */
  readonly budget: { left: number };
}

/** What a use of a part counts for, however little is in it. */
const USE = 20;

/** Keys of a configuration that are read elsewhere. */
const READ = new Set([
  'commands',
  'description',
  'executors',
  'jobs',
  'orbs',
  'parameters',
  'setup',
  'version',
  'workflows',
]);
/** @throws RepriseError INPUT_INVALID */
export function configOf(root: LocatedMap, pipeline: Pipeline, tell: Tell): Config {
  const version = settingOf(root, 'version');
  if (!version) throw refuse(root.spot, 'a configuration of CircleCI says its `version`');
  if (!/^2(\.[01])?$/.test(textOf(version)))
    throw refuse(version.spot, `there is no version ${textOf(version)} that is known here: 2, 2.0 or 2.1`);
  const setup = settingOf(root, 'setup');
  if (setup && flagOf(setup)) {
    tell(
      'changed',
      setup.spot,
      'the configuration that it goes on with is not run: import that one too, once it is made',
    );
  }
  const others = [...root.entries.keys()].filter((key) => !READ.has(key));
  if (others.length > 0)
    tell('info', root.spot, `${others.join(', ')}: what stands there counts where an anchor of it is used`);
  const orbs = partOf(root, 'orbs');
  for (const [name, { spot, value }] of orbs) {
    tell(
      'left-out',
      spot,
      `the orb ${name} (${orbName(value)}) is not read: its commands, executors and jobs are left out where they are used`,
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
    budget: { left: LIMITS.documentValues },
  };
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

/** A part of the configuration with its placeholders filled in. @throws RepriseError INPUT_INVALID past a bound */
export function filled(
  value: Located,
  scope: Omit<Scope, 'pipeline'>,
  { pipeline, budget, isReusable }: Config,
): Located {
  if (!isReusable) return value;
  budget.left -= USE + sizeOf(value);
  if (budget.left < 0) throw tooMuch(value.spot);
  const made = fill(value, namesOf({ ...scope, pipeline }));
  sizeOf(made);
  return made;
}
