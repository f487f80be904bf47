import { type Answer, anyOf } from '../answer';
import { itemsOf, type Located, mapOf, refuse, settingOf, textOf } from '../located/located';
import { fits } from '../pattern';
import { evaluateExpression } from './expression';
import type { Pipeline } from './pipeline';

/**
 * Whether filters let a job into a pipeline; undefined where only CircleCI knows that. Without any, a job runs on every
 * branch, and on no tag.
 * @throws RepriseError INPUT_INVALID
 * @see https://circleci.com/docs/reference/configuration-reference/#jobfilters
 */
export function filtersLet(filters: Located | undefined, pipeline: Pipeline): Answer {
  if (filters?.kind === 'plain') return evaluateExpression(textOf(filters), pipeline);
  const map = filters && mapOf(filters);
  for (const [key, { spot }] of map?.entries ?? []) {
    if (key !== 'branches' && key !== 'tags') throw refuse(spot, `${key} is none of branches and tags`);
  }
  const branches = map && settingOf(map, 'branches');
  const tags = map && settingOf(map, 'tags');
  const tag = gitValue('pipeline.git.tag', pipeline);
  if (tag === undefined) return filters === undefined ? true : always(branches, tags);
  if (tag !== '') return tags ? lets(tags, tag) : false;
  const branch = gitValue('pipeline.git.branch', pipeline);
  if (!branches) return true;
  return branch === undefined ? undefined : lets(branches, branch);
}

/** What filters say whatever the branch or the tag is. */
function always(branches: Located | undefined, tags: Located | undefined): Answer {
  const answers = new Set([branches ? ofAll(branches) : true, tags ? ofAll(tags) : false]);
  return answers.size === 1 ? [...answers][0] : undefined;
}

function ofAll(filter: Located): Answer {
  const map = mapOf(filter);
  const has = (key: string) => {
    const value = settingOf(map, key);
    return value !== undefined && itemsOf(value).some((item) => textOf(item) === '/.*/');
  };
  if (settingOf(map, 'only')) return has('only') ? true : undefined;
  return has('ignore') ? false : undefined;
}

function gitValue(name: string, pipeline: Pipeline): string | undefined {
  const value = pipeline(name);
  return value === undefined ? undefined : textOf(value);
}

function lets(filter: Located, name: string): Answer {
  const map = mapOf(filter);
  const only = settingOf(map, 'only');
  if (only) return anyOf(itemsOf(only).map((item) => isNamed(textOf(item), name)));
  const ignore = settingOf(map, 'ignore');
  const ignored = ignore ? anyOf(itemsOf(ignore).map((item) => isNamed(textOf(item), name))) : false;
  return ignored === undefined ? undefined : !ignored;
}

/** A pattern between slashes has to fit the whole name. */
function isNamed(pattern: string, name: string): Answer {
  const inner = /^\/(.*)\/$/s.exec(pattern)?.[1];
  return inner === undefined ? pattern === name : fits(name, `^(?:${inner})$`);
}
