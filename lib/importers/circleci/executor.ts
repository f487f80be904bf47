import {
  type Entry,
  entryOf,
  itemsOf,
  type Located,
  type LocatedMap,
  mapOf,
  refuse,
  settingOf,
  shown,
  type Tell,
  textOf,
} from '../located/located';
import { type Config, filled, orbOf } from './config';
import { bind } from './parameters';

/** Keys that a job and an executor share; what the job says goes first. */
const SHARED = [
  'circleci_ip_ranges',
  'docker',
  'machine',
  'macos',
  'resource_class',
  'shell',
  'working_directory',
];

/** A job with what its executor says. @throws RepriseError INPUT_INVALID */
export function withExecutor(job: LocatedMap, config: Config, tell: Tell): LocatedMap {
  const named = entryOf(job, 'executor');
  const executor = named && executorOf(named.value, config, tell);
  if (!executor) return job;
  const entries = new Map(job.entries);
  for (const key of SHARED) {
    const entry = entryOf(executor, key);
    if (entry && !entryOf(job, key)) entries.set(key, entry);
  }
  const [under, over] = [entryOf(executor, 'environment'), entryOf(job, 'environment')];
  const environment = under && over ? merged(under, over) : (over ?? under);
  if (environment) entries.set('environment', environment);
  return { ...job, entries };
}

function merged(under: Entry, over: Entry): Entry {
  const entries = new Map([...variableEntries(under.value), ...variableEntries(over.value)]);
  return { value: { kind: 'map', entries, spot: over.spot }, spot: over.spot };
}

/** A mapping, or a list of such. @throws RepriseError INPUT_INVALID */
export function variableEntries(value: Located): Map<string, Entry> {
  return new Map(itemsOf(value).flatMap((item) => [...mapOf(item).entries]));
}

function executorOf(value: Located, config: Config, tell: Tell): LocatedMap | undefined {
  const map = value.kind === 'map' ? value : undefined;
  const named = map ? settingOf(map, 'name') : value;
  if (!named) throw refuse(value.spot, 'an executor has a `name`');
  const name = textOf(named);
  const executor = config.executors.get(name);
  const orb = orbOf(name, config);
  if (!executor && orb) {
    tell(
      'left-out',
      value.spot,
      `the executor ${orb} is not known, as orbs are not read: the worker must have what is in it`,
    );
    return undefined;
  }
  if (!executor) throw refuse(value.spot, `there is no executor ${name}`);
  const given = new Map([...(map?.entries ?? [])].filter(([key]) => key !== 'name'));
  const parameters = bind(mapOf(executor.value), given, { what: `the executor ${name}`, spot: value.spot });
  return mapOf(filled(executor.value, { parameters }, config));
}

/** Labels of workers that may run the job. Says what of its surroundings is not there. */
export function labelsOf(job: LocatedMap, tell: Tell): string[] {
  const docker = entryOf(job, 'docker');
  const [first, ...services] = docker ? itemsOf(docker.value) : [];
  if (first) {
    tell('left-out', first.spot, `the worker must have what is in the image (${shown(first)})`);
    const own = first.kind === 'map' && settingOf(first, 'environment');
    if (own)
      tell('left-out', own.spot, 'this is for what the image runs, and no step has it, on CircleCI either');
  }
  for (const service of services)
    tell('left-out', service.spot, `no services are started: the worker must have them (${shown(service)})`);
  for (const key of ['machine', 'macos']) {
    const entry = entryOf(job, key);
    if (entry && !(entry.value.kind === 'plain' && entry.value.value === true))
      tell('left-out', entry.spot, `the worker must be such a machine (${shown(entry.value)})`);
  }
  const size = settingOf(job, 'resource_class');
  if (!size) return [];
  const text = textOf(size);
  if (/^[\w.-]+\/[\w.-]+$/.test(text) && text.length <= 64) return [text];
  tell('left-out', size.spot, `a worker has the size that it has, whatever this says (${text})`);
  return [];
}
