import {
  flagOf,
  type Located,
  type LocatedMap,
  refuse,
  type Spot,
  settingOf,
  shown,
  type Tell,
  textOf,
} from '../located/located';
import type { Lookup } from './evaluate';
import { refsLet } from './refs';
import { ruleOutcomes } from './rules';
import { readVariables, type Variables } from './variables';

/** From what keeps most of the pipeline to what runs least. */
const WHENS = ['on_success', 'always', 'delayed', 'on_failure', 'manual'] as const;
export type When = (typeof WHENS)[number];

/** How a job is in the pipeline. */
export interface Fate {
  readonly when: When;
  /** Whether the pipeline goes on, and passes, when the job fails. */
  readonly allowFailure: boolean;
  /** Of the rule that matches. */
  readonly variables: Variables;
  /** Where it says when it runs. */
  readonly spot: Spot;
}

/**
 * What becomes of a job, by its `rules`, `only` and `except`, `when` and `allow_failure`; undefined where it is not in
 * the pipeline. Where that depends on what nobody told, the job runs, and it is told.
 * @throws RepriseError INPUT_INVALID
 */
export function fateOf(name: string, job: LocatedMap, lookup: Lookup, tell: Tell): Fate | undefined {
  const rules = settingOf(job, 'rules');
  const own = { when: whenOf(job), allow: allowOf(job, tell) };
  const spot = settingOf(job, 'when')?.spot ?? job.spot;
  const allowFailure = own.allow ?? own.when === 'manual';
  if (!rules || (rules.kind === 'list' && rules.items.length === 0)) {
    if (!refsAllow(name, job, lookup, tell) || own.when === 'never') return undefined;
    return { when: own.when ?? 'on_success', allowFailure, variables: new Map(), spot };
  }
  for (const key of ['only', 'except']) {
    const other = settingOf(job, key);
    if (other) throw refuse(other.spot, `a job has either \`rules\` or \`${key}\``);
  }
  const { matches, isDecided } = ruleOutcomes(rules, lookup, tell);
  const fates = matches.flatMap((rule): Fate[] => {
    const when = rule ? (whenOf(rule) ?? own.when ?? 'on_success') : 'never';
    if (!rule || when === 'never') return [];
    const variables = isDecided ? readVariables(settingOf(rule, 'variables')) : new Map();
    const at = settingOf(rule, 'when')?.spot ?? spot;
    return [{ when, allowFailure: allowOf(rule, tell) ?? allowFailure, variables, spot: at }];
  });
  if (fates.length === 0) {
    tell('left-out', rules.spot, `${name} is not in the pipeline under these conditions`);
    return undefined;
  }
  tellParts(matches, isDecided, tell);
  if (isDecided) return fates[0];
  tell(
    'changed',
    rules.spot,
    `${name} runs whether or not its rules let it, as that is only known on GitLab (or tell it with --set): ${shown(rules)}`,
  );
  const [best] = [...fates].sort((a, b) => WHENS.indexOf(a.when) - WHENS.indexOf(b.when));
  return { ...best!, allowFailure: fates.every((fate) => fate.allowFailure) };
}

/** What rules say besides. */
function tellParts(matches: readonly (LocatedMap | undefined)[], isDecided: boolean, tell: Tell): void {
  for (const rule of matches) {
    for (const [key, { spot }] of rule?.entries ?? []) {
      if (key === 'variables' && !isDecided) {
        tell(
          'left-out',
          spot,
          'whether this rule sets these variables is only known on GitLab (or tell it with --set)',
        );
      } else if (key === 'needs' || key === 'interruptible') {
        tell('left-out', spot, `${key} of a rule is not looked at`);
      }
    }
  }
}

function refsAllow(name: string, job: LocatedMap, lookup: Lookup, tell: Tell): boolean {
  const result = refsLet(job, lookup, tell);
  const place = settingOf(job, 'only') ?? settingOf(job, 'except');
  if (result === false) {
    const why = place ? 'under these conditions' : 'of a merge request, as it has no rules';
    tell('left-out', (place ?? job).spot, `${name} is not in the pipeline ${why}`);
  }
  if (result === undefined && place) {
    tell(
      'changed',
      place.spot,
      `${name} runs whether or not this lets it, as that is only known on GitLab (or tell it with --set): ${shown(place)}`,
    );
  }
  return result !== false;
}

function whenOf(from: LocatedMap): When | 'never' | undefined {
  const value = settingOf(from, 'when');
  if (!value) return undefined;
  const text = textOf(value);
  if (text === 'never') return text;
  const when = WHENS.find((word) => word === text);
  if (!when) throw refuse(value.spot, `${text} is none of ${[...WHENS, 'never'].join(', ')}`);
  return when;
}

function allowOf(from: LocatedMap, tell: Tell): boolean | undefined {
  const value = settingOf(from, 'allow_failure');
  if (!value) return undefined;
  if (value.kind !== 'map') return flagOf(value);
  tell('changed', value.spot, `whatever the exit status, a failure counts (${shown(value)})`);
  return false;
}

export function startIn(job: LocatedMap): Located | undefined {
  return settingOf(job, 'start_in');
}
