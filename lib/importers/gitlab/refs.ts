import { type Answer, allOf, anyOf, negated } from '../answer';
import {
  itemsOf,
  type Located,
  type LocatedMap,
  refuse,
  settingOf,
  shown,
  type Tell,
  textOf,
} from '../located/located';
import { holds, type Lookup, matchesPattern } from './evaluate';
import { expressionOf } from './rules';

/** What `only` and `except` mean where a job has neither these nor `rules`. */
const DEFAULT_REFS = ['branches', 'tags'];

/**
 * Whether `only` and `except` let a job into the pipeline; undefined where that depends on what nobody told.
 * @throws RepriseError INPUT_INVALID
 * @see https://docs.gitlab.com/ci/yaml/deprecated_keywords/#only--except
 */
export function refsLet(job: LocatedMap, lookup: Lookup, tell: Tell): boolean | undefined {
  const only = settingOf(job, 'only');
  const except = settingOf(job, 'except');
  const isIn = only
    ? allOf(clauses(only, lookup, tell))
    : anyOf(DEFAULT_REFS.map((ref) => refHolds(ref, lookup)));
  const isOut = except ? anyOf(clauses(except, lookup, tell)) : false;
  return allOf([isIn, negated(isOut)]);
}

function clauses(value: Located, lookup: Lookup, tell: Tell): Answer[] {
  if (value.kind !== 'map') return [refsHold(value, lookup)];
  return [...value.entries].map(([key, { value: clause, spot }]) => {
    if (key === 'refs') return refsHold(clause, lookup);
    if (key === 'variables') return anyOf(itemsOf(clause).map((item) => holds(expressionOf(item), lookup)));
    if (key !== 'changes' && key !== 'kubernetes')
      throw refuse(spot, `${key} is no clause of only and except`);
    tell('changed', clause.spot, `${key} is not known: taken for possible (${shown(clause)})`);
    return undefined;
  });
}

function refsHold(value: Located, lookup: Lookup): Answer {
  return anyOf(itemsOf(value).map((item) => refHolds(textOf(item), lookup)));
}

/** Names of pipelines that are also those of their source, in the plural. */
const SOURCES: Readonly<Record<string, string>> = {
  api: 'api',
  chat: 'chat',
  external: 'external',
  external_pull_requests: 'external_pull_request_event',
  merge_requests: 'merge_request_event',
  pipelines: 'pipeline',
  pushes: 'push',
  schedules: 'schedule',
  triggers: 'trigger',
  web: 'web',
};

function refHolds(ref: string, lookup: Lookup): Answer {
  if (ref === 'branches') return isSet(lookup('CI_COMMIT_BRANCH'));
  if (ref === 'tags') return isSet(lookup('CI_COMMIT_TAG'));
  if (Object.hasOwn(SOURCES, ref)) {
    const source = lookup('CI_PIPELINE_SOURCE');
    if (source !== undefined) return source === SOURCES[ref];
    // A branch or a tag is told: then it is no merge request.
    return ref === 'merge_requests' && lookup('CI_MERGE_REQUEST_IID') === null ? false : undefined;
  }
  const pattern = /^\/(.*)\/([ismU]*)(@.*)?$/.exec(ref);
  const path = pattern ? pattern[3] : /(@.*)$/.exec(ref)?.[1];
  const name = lookup('CI_COMMIT_REF_NAME');
  if (name === undefined) return undefined;
  const fits = pattern
    ? matchesPattern(name ?? '', pattern[1]!, pattern[2]!)
    : ref.slice(0, path ? -path.length : undefined) === name;
  if (path === undefined || fits === false) return fits;
  const project = lookup('CI_PROJECT_PATH');
  return project === undefined ? undefined : allOf([fits, path === `@${project}`]);
}

function isSet(value: string | null | undefined): Answer {
  return value === undefined ? undefined : value !== null && value !== '';
}
