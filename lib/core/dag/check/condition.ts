import jsonata from 'jsonata';
import { LRUCache } from 'lru-cache';
import { LIMITS } from '../../limits';
import type { ConditionResult, Judgement } from '../../model/judgement';

/** Bounds of one evaluation: wall-clock milliseconds, depth of calls, length of a list. */
const BOUNDS = { timeout: 1_000, stack: 200, sequence: 10_000 } as const;

/** Functions whose answer depends on more than their arguments, or that need memory without bound. */
const UNAVAILABLE = new Set(['now', 'millis', 'random', 'shuffle', 'eval', 'toMillis', 'pad']);

type Parsed = { readonly expression: jsonata.Expression } | { readonly problem: string };

/** Parsed expressions: each takes some 20 KB, and many times the memory of its text. */
const cache = new LRUCache<string, Parsed>({
  ...{ max: LIMITS.parsedConditions, maxSize: LIMITS.parsedConditionText },
});

/** Why this text cannot be a condition, or undefined when it can. Never throws. */
export function conditionProblem(text: string): string | undefined {
  const parsed = parseCondition(text);
  return 'problem' in parsed ? parsed.problem : undefined;
}

/**
 * Whether a `when` holds over the results of upstream nodes. The answer depends on the arguments alone. Never
 * throws: what goes wrong, and an answer that is not true or false, is an `error`.
 */
export async function evaluateCondition(text: string, input: ConditionInput): Promise<ConditionResult> {
  const result = await evaluate(text, input);
  if ('error' in result) return { error: `when: ${result.error}` };
  if (typeof result.value === 'boolean') return { holds: result.value };
  return { error: `when: must give true or false, but gives ${describe(result.value)}: ${text}` };
}

/**
 * The items of a `forEach` over the results of upstream nodes: a list of at most `LIMITS.items` values that
 * JSON can hold. Nothing at all counts as no items, as JSONata gives nothing for an empty path. Never throws.
 */
export async function evaluateItems(text: string, input: ConditionInput): Promise<Judgement> {
  const result = await evaluate(text, input);
  if ('error' in result) return { error: `forEach: ${result.error}` };
  const { value = [] } = result;
  if (!Array.isArray(value))
    return { error: `forEach: must give a list, but gives ${describe(value)}: ${text}` };
  if (value.length > LIMITS.items) {
    return { error: `forEach: gives ${value.length} items, more than ${LIMITS.items}: ${text}` };
  }
  // JSONata marks its lists with properties of its own; the journal keeps plain JSON.
  return { items: JSON.parse(JSON.stringify(value)) as unknown[] };
}

/** What an expression sees. */
interface ConditionInput {
  readonly results: Readonly<Record<string, unknown>>;
  /** What the job was told; a name that it was not told is nothing. */
  readonly parameters?: Readonly<Record<string, string>>;
}

async function evaluate(
  text: string,
  input: ConditionInput,
): Promise<{ readonly value: unknown } | { readonly error: string }> {
  const parsed = parseCondition(text);
  if ('problem' in parsed) return { error: parsed.problem };
  try {
    return { value: await parsed.expression.evaluate(input) };
  } catch (error) {
    return { error: `failed: ${messageOf(error)}: ${text}` };
  }
}

function parseCondition(text: string): Parsed {
  const known = cache.get(text);
  if (known) return known;
  const parsed = parse(text);
  cache.set(text, parsed, { size: Math.max(1, text.length) });
  return parsed;
}

function parse(text: string): Parsed {
  if (text.length > LIMITS.conditionLength) {
    return { problem: `is longer than ${LIMITS.conditionLength} characters` };
  }
  try {
    const expression = jsonata(text, BOUNDS);
    const problem = forbidden(expression.ast());
    return problem === undefined ? { expression } : { problem };
  } catch (error) {
    const position = (error as { position?: unknown }).position;
    const place = typeof position === 'number' ? ` (character ${position})` : '';
    return { problem: `is not JSONata: ${messageOf(error)}${place}` };
  }
}

/** A part of the expression that a condition may not use. Iterative: the tree may be deep. */
function forbidden(ast: unknown): string | undefined {
  const seen = new Set<unknown>();
  const queue: unknown[] = [ast];
  while (queue.length > 0) {
    const item = queue.pop();
    if (typeof item !== 'object' || item === null || seen.has(item)) continue;
    seen.add(item);
    const { type, value } = item as { type?: unknown; value?: unknown };
    if (type === 'regex') {
      // A pattern can be written so that matching never ends, and no timeout interrupts a match.
      return 'has a regular expression, which is not available: compare with =, in or $contains(text, part)';
    }
    if (type === 'variable' && typeof value === 'string' && UNAVAILABLE.has(value)) {
      return `$${value} is not available: the answer must depend on the results alone`;
    }
    queue.push(...Object.values(item));
  }
  return undefined;
}

function messageOf(error: unknown): string {
  if (error instanceof RangeError) return 'it is nested too deeply or grows too large';
  const message = (error as { message?: unknown } | null)?.message;
  return typeof message === 'string' && message !== '' ? message : String(error);
}

function describe(value: unknown): string {
  if (value === undefined) return 'nothing (no such result?)';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  return typeof value === 'function'
    ? 'a function'
    : `the ${typeof value} ${JSON.stringify(value).slice(0, 100)}`;
}
