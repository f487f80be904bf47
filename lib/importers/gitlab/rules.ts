import {
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
import { holds, type Lookup } from './evaluate';
import { type Expression, parseExpression } from './expression';

/** Which rule of a list is the first to match. */
export interface Outcomes {
  /** Rules that may be it, in order; undefined is none of them. */
  readonly matches: readonly (LocatedMap | undefined)[];
  readonly isDecided: boolean;
}

/**
 * Goes through `rules` by what is known. What a rule says of files (`changes`, `exists`) is not known.
 * @throws RepriseError INPUT_INVALID for an expression that GitLab would refuse
 */
export function ruleOutcomes(rules: Located, lookup: Lookup, tell: Tell): Outcomes {
  const matches: (LocatedMap | undefined)[] = [];
  for (const item of itemsOf(rules)) {
    const rule = mapOf(item);
    const result = ruleHolds(rule, lookup, tell);
    if (result === false) continue;
    matches.push(rule);
    if (result) return { matches, isDecided: matches.length === 1 };
  }
  matches.push(undefined);
  return { matches, isDecided: matches.length === 1 };
}

function ruleHolds(rule: LocatedMap, lookup: Lookup, tell: Tell): boolean | undefined {
  const condition = settingOf(rule, 'if');
  const result = condition ? holds(expressionOf(condition), lookup) : true;
  if (result === false) return false;
  const files = ['changes', 'exists'].flatMap((key) => settingOf(rule, key) ?? []);
  if (files.length === 0) return result;
  for (const value of files) {
    tell(
      'changed',
      value.spot,
      `whether files changed or exist is not known: taken for possible (${shown(value)})`,
    );
  }
  return undefined;
}

/** @throws RepriseError INPUT_INVALID */
export function expressionOf(condition: Located): Expression {
  const text = textOf(condition);
  try {
    return parseExpression(text);
  } catch (error) {
    throw refuse(
      condition.spot,
      `${JSON.stringify(text)} is no expression of GitLab: ${(error as Error).message}`,
    );
  }
}
