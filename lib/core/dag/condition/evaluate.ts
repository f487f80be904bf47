import { LIMITS } from '../../limits';
import { isVariableText, jsonProblem } from '../../model/json-value';
import type {
  Condition,
  ConditionError,
  ConditionInput,
  ConditionResult,
  EachItem,
  Judgement,
} from '../../model/judgement';
import { evaluate, parseCondition } from './expression';
import { evaluateGiven } from './given';
import { itemVariables } from './items';
import { isPicked } from './picked';
import { kindOf } from './strict';

/**
 * How the conditions of a node come out: items and variables are asked for only where its `when` holds. The answer
 * depends on what is given alone. Never throws: what goes wrong is an `error`.
 */
export async function judge(condition: Condition): Promise<Judgement> {
  const { when, forEach, with: variables, input } = condition;
  const result = when === undefined ? { holds: true } : await evaluateWhen(when, input);
  if ('error' in result || !result.holds) return result;
  if (forEach !== undefined) return evaluateItems(forEach, input);
  return variables === undefined ? result : evaluateGiven(variables, input);
}

/** What the commands of several items are given, in their order. Never throws: what goes wrong is an `error`. */
export function judgeEach({ with: variables, input, items }: EachItem): Promise<ConditionResult[]> {
  return oneByOne(items, (item) => evaluateGiven(variables, { ...input, item }));
}

/** Items that run out of time before the others that are asked for with them are given up. */
const MAX_LATE = 2;

const GIVEN_UP: ConditionError = {
  error: `not evaluated: ${MAX_LATE} items that were due before it ran out of time`,
  isLate: true,
};

export async function oneByOne(
  items: readonly unknown[],
  ask: (item: unknown) => Promise<ConditionResult>,
): Promise<ConditionResult[]> {
  const results: ConditionResult[] = [];
  let late = 0;
  for (const item of items) {
    const result = late < MAX_LATE ? await ask(item) : GIVEN_UP;
    if ('isLate' in result) late += 1;
    results.push(result);
  }
  return results;
}

async function evaluateWhen(text: string, input: ConditionInput): Promise<ConditionResult> {
  const result = await evaluate(text, input);
  if ('error' in result) return { ...result, error: `when: ${result.error}` };
  const { value } = result;
  if (typeof value === 'boolean') return { holds: value };
  const mend = typeof value === 'string' ? `, so compare it, as in = 'true'` : '';
  return { error: `when: must give true or false, but gives ${kindOf(value)}${mend}: ${text}` };
}

/** Nothing at all counts as no items, as JSONata gives nothing for an empty path. */
async function evaluateItems(text: string, input: ConditionInput): Promise<Judgement> {
  const result = await evaluate(text, input);
  if ('error' in result) return { ...result, error: `forEach: ${result.error}` };
  const wrong = (what: string): ConditionError => ({ error: `forEach: ${what}: ${text}` });
  const value = listOf(result.value, text, input);
  if (value === undefined)
    return wrong(`must give a list, but gives ${kindOf(result.value)}${listHint(result.value)}`);
  if (value.length > LIMITS.items) {
    return wrong(`gives ${value.length} items, more than ${LIMITS.items}`);
  }
  for (const [i, item] of value.entries()) {
    const problem = itemProblem(item);
    if (problem !== undefined) return wrong(`item ${i + 1} ${problem}`);
  }
  if (jsonProblem(value, LIMITS.itemsBytes) !== undefined) {
    return wrong(`gives items of more than ${LIMITS.itemsBytes} bytes together`);
  }
  // JSONata marks its lists with properties of its own; the journal keeps plain JSON.
  return { items: JSON.parse(JSON.stringify(value)) as unknown[] };
}

/** JSONata gives what it picks of a list as it is where that is one, and not as a list of one. */
function listOf(value: unknown, text: string, input: ConditionInput): unknown[] | undefined {
  if (value === undefined) return [];
  if (Array.isArray(value)) return value;
  const parsed = parseCondition(text);
  return 'tree' in parsed && isPicked(parsed.tree, value, input) ? [value] : undefined;
}

/** A list that was handed on as text. */
function listHint(value: unknown): string {
  const isJson = typeof value === 'string' && /^\s*\[/.test(value);
  return isJson ? ', so hand it on as JSON (name:=[...])' : '';
}

/** Why a value cannot be an item: the journal keeps it, and its command gets it in variables. */
function itemProblem(item: unknown): string | undefined {
  const problem = jsonProblem(item, LIMITS.itemBytes);
  if (problem === 'is too large') {
    return `is larger than ${LIMITS.itemBytes} bytes: write it to a file and hand on its path`;
  }
  if (problem !== undefined) return problem;
  const variables = itemVariables(item);
  if (!Object.values(variables).every(isVariableText)) {
    return 'holds a NUL or broken text, which no variable of a command can';
  }
  return undefined;
}
