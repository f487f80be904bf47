import {
  type Entry,
  entryOf,
  flagOf,
  itemsOf,
  type Located,
  type LocatedMap,
  mapOf,
  refuse,
  settingOf,
  type Tell,
  textOf,
} from '../located/located';
import { readVariables, type Variables } from './variables';

/** Keys of a configuration that are no jobs. */
const GLOBALS = new Set(['default', 'include', 'spec', 'stages', 'types', 'variables', 'workflow']);
/** What jobs that say nothing else have; once it stood by itself, now under `default`. */
const DEFAULTS = [
  'after_script',
  'artifacts',
  'before_script',
  'cache',
  'hooks',
  'id_tokens',
  'identity',
  'image',
  'interruptible',
  'retry',
  'services',
  'tags',
];
const OLD_DEFAULTS = ['after_script', 'before_script', 'cache', 'image', 'services'];

/** A job with everything that it inherits. */
export interface Job {
  readonly name: string;
  readonly entry: Entry;
  readonly map: LocatedMap;
  readonly stage: number;
  readonly stageName: string;
  /** Of the whole and its own, without those of rules and the matrix. */
  readonly variables: Variables;
}

/** @throws RepriseError INPUT_INVALID */
export function jobsOf(
  config: LocatedMap,
  global: Variables,
  { isPartial, tell }: { isPartial: boolean; tell: Tell },
): Job[] {
  const stages = stagesOf(config);
  const defaults = defaultsOf(config, tell);
  const jobs: Job[] = [];
  for (const [name, entry] of config.entries) {
    if (name.startsWith('.') || GLOBALS.has(name) || OLD_DEFAULTS.includes(name)) continue;
    if (entry.value.kind !== 'map') throw refuse(entry.spot, `${name} is neither a job nor a keyword`);
    const map = withDefaults(entry.value, defaults);
    const stage = settingOf(map, 'stage');
    const stageName = stage ? textOf(stage) : 'test';
    if (!stages.includes(stageName)) {
      const message = `there is no stage ${stageName}: ${stages.join(', ')}`;
      if (!isPartial) throw refuse((stage ?? entry).spot, message);
      tell(
        'changed',
        (stage ?? entry).spot,
        `${message}; it comes last, as a file that was not read may say where`,
      );
      stages.splice(stages.length - 1, 0, stageName);
    }
    const variables = inherited(map, global);
    jobs.push({ name, entry, map, stage: 0, stageName, variables });
  }
  return jobs.map((job) => ({ ...job, stage: stages.indexOf(job.stageName) }));
}

function stagesOf(config: LocatedMap): string[] {
  const value = settingOf(config, 'stages');
  const named = value ? itemsOf(value).map(textOf) : ['build', 'test', 'deploy'];
  return ['.pre', ...new Set(named.filter((name) => name !== '.pre' && name !== '.post')), '.post'];
}

function defaultsOf(config: LocatedMap, tell: Tell): ReadonlyMap<string, Entry> {
  const found = new Map<string, Entry>();
  for (const key of OLD_DEFAULTS) {
    const entry = entryOf(config, key);
    if (entry) found.set(key, entry);
  }
  const value = settingOf(config, 'default');
  for (const [key, entry] of value ? mapOf(value).entries : []) {
    if (DEFAULTS.includes(key)) found.set(key, entry);
    else if (key === 'timeout')
      tell('left-out', entry.spot, 'as a default it has no effect, on GitLab either');
    else throw refuse(entry.spot, `${key} can be no default: ${DEFAULTS.join(', ')}`);
  }
  return found;
}

function withDefaults(job: LocatedMap, defaults: ReadonlyMap<string, Entry>): LocatedMap {
  const takes = inheritOf(job, 'default');
  const entries = new Map(job.entries);
  for (const [key, entry] of defaults) if (takes(key) && !entryOf(job, key)) entries.set(key, entry);
  return { ...job, entries };
}

function inherited(job: LocatedMap, global: Variables): Variables {
  const takes = inheritOf(job, 'variables');
  const kept = [...global].filter(([name]) => takes(name));
  return new Map([...kept, ...readVariables(settingOf(job, 'variables'))]);
}

/** What `inherit` lets a job have. */
function inheritOf(job: LocatedMap, key: 'default' | 'variables'): (name: string) => boolean {
  const inherit = settingOf(job, 'inherit');
  const value: Located | undefined = inherit && settingOf(mapOf(inherit), key);
  if (!value) return () => true;
  if (value.kind !== 'list') {
    const all = flagOf(value);
    return () => all;
  }
  const names = itemsOf(value).map(textOf);
  return (name) => names.includes(name);
}
