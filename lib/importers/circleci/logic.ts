import { type Answer, allOf, anyOf, negated } from '../answer';
import { type Located, mapOf, refuse, settingOf, textOf } from '../located/located';
import { fits } from '../pattern';
import { evaluateExpression } from './expression';
import type { Pipeline } from './pipeline';
import { isUnknown, unknownIn } from './template';

/**
 * Whether a logic statement holds, after its placeholders are filled in.
 * @throws RepriseError INPUT_INVALID for what is none
 * @see https://circleci.com/docs/reference/configuration-reference/#logic-statements
 */
export function holds(statement: Located, pipeline: Pipeline): Answer {
  if (statement.kind === 'plain') return isTruthy(statement, pipeline);
  const [only, ...rest] = mapOf(statement).entries;
  if (!only || rest.length > 0)
    throw refuse(statement.spot, 'a logic statement has one key: and, or, not, equal or matches');
  const [key, { value, spot }] = only;
  const inner = () => listOf(value).map((item) => holds(item, pipeline));
  if (key === 'and') return allOf(inner());
  if (key === 'or') return anyOf(inner());
  if (key === 'not') return negated(holds(value, pipeline));
  if (key === 'equal') return areEqual(listOf(value));
  if (key === 'matches') return doesMatch(value);
  throw refuse(spot, `${key} is none of and, or, not, equal and matches`);
}

function listOf(value: Located): readonly Located[] {
  if (value.kind === 'list' && value.items.length > 0) return value.items;
  throw refuse(value.spot, 'expected a list of values, with one at least');
}

function isTruthy(statement: Located & { kind: 'plain' }, pipeline: Pipeline): Answer {
  const { value } = statement;
  if (isUnknown(statement)) return undefined;
  if (typeof value === 'string' && /(^|[\s(!=<>])pipeline\.[a-z]/.test(value))
    return evaluateExpression(value, pipeline);
  return !(value === null || value === false || value === 0 || value === '');
}

function areEqual(items: readonly Located[]): Answer {
  const known = items.filter((item) => !(item.kind === 'plain' && unknownIn(String(item.value)).length > 0));
  const values = new Set(known.map((item) => (item.kind === 'plain' ? item.value : refuseValue(item))));
  if (values.size > 1) return false;
  return known.length < items.length ? undefined : true;
}

function refuseValue(item: Located): never {
  throw refuse(item.spot, '`equal` compares plain values');
}

function doesMatch(value: Located): Answer {
  const pattern = settingOf(mapOf(value), 'pattern');
  const text = settingOf(mapOf(value), 'value');
  if (!pattern || !text) throw refuse(value.spot, '`matches` has a `pattern` and a `value`');
  if (unknownIn(textOf(text)).length > 0 || unknownIn(textOf(pattern)).length > 0) return undefined;
  return fits(textOf(text), `^(?:${textOf(pattern)})$`);
}
