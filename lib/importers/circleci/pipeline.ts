import {
  entryOf,
  type Located,
  type LocatedMap,
  mapOf,
  refuse,
  settingOf,
  type Tell,
} from '../located/located';
import { valueOfType } from './parameters';

/** What the caller tells of the pipeline: its values by their whole names, such as `pipeline.git.branch`. */
export type Given = ReadonlyMap<string, string>;

export type Pipeline = (name: string) => Located | undefined;

const PARAMETER = 'pipeline.parameters.';

/**
 * What is known of a pipeline: what the caller told, and its parameters, which have their defaults.
 * @throws RepriseError INPUT_INVALID for a parameter that is told and that there is not
 */
export function pipelineOf(config: LocatedMap, given: Given, tell: Tell): Pipeline {
  const known = new Map<string, Located>();
  const { spot } = config;
  for (const [name, value] of given) known.set(name, { kind: 'plain', value: typed(name, value), spot });
  const isTold = (name: string) => given.has(`pipeline.git.${name}`);
  const nothing: Located = { kind: 'plain', value: '', spot };
  if (isTold('branch') && !isTold('tag')) known.set('pipeline.git.tag', nothing);
  if (isTold('tag') && !isTold('branch')) known.set('pipeline.git.branch', nothing);
  const entry = entryOf(config, 'parameters');
  const declared = entry ? mapOf(entry.value).entries : new Map();
  for (const name of given.keys()) {
    if (name.startsWith(PARAMETER) && !declared.has(name.slice(PARAMETER.length)))
      throw refuse(spot, `${name} is told, and the pipeline has no such parameter`);
  }
  const defaults: string[] = [];
  for (const [name, { value }] of declared) {
    const told = given.get(`${PARAMETER}${name}`);
    const text: Located | undefined = told === undefined ? undefined : { kind: 'plain', value: told, spot };
    const fallback = text ?? settingOf(mapOf(value), 'default');
    if (told === undefined && fallback) defaults.push(name);
    if (fallback) known.set(`${PARAMETER}${name}`, valueOfType(fallback, mapOf(value), name));
  }
  if (entry && defaults.length > 0)
    tell(
      'info',
      entry.spot,
      `${defaults.join(', ')}: as no pipeline is started, the defaults count (tell others with --set)`,
    );
  return (name) => known.get(name);
}

function typed(name: string, value: string): string | number {
  return name === 'pipeline.number' && /^\d{1,15}$/.test(value) ? Number(value) : value;
}
