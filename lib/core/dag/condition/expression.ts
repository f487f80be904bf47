import jsonata from 'jsonata';
import { LRUCache } from 'lru-cache';
import { LIMITS } from '../../limits';
import { boundText, makeStrict, STRICT_FUNCTIONS } from './strict';
import { nodesOf, type Tree } from './tree';

/** Bounds of one evaluation: wall-clock milliseconds, depth of calls, length of a list. */
const BOUNDS = { timeout: 1_000, stack: 200, sequence: 10_000 } as const;

/** Of `?:` and `??` in one condition: JSONata's parser copies what stands before each, and so doubles with every one. */
const MAX_DEFAULTS = 8;

/** Functions whose answer depends on more than their arguments, or that need memory without bound. */
const UNAVAILABLE = new Set(['now', 'millis', 'random', 'shuffle', 'eval', 'toMillis', 'pad']);

/** JSONata's code of an evaluation that ran out of time. */
const TIMED_OUT = 'D1012';

interface Known {
  readonly tree: Tree;
  /** Made when it is first evaluated. */
  expression?: jsonata.Expression;
}

type Parsed = Known | { readonly problem: string };

const cache = new LRUCache<string, Parsed>({
  max: LIMITS.parsedConditions,
  maxSize: LIMITS.parsedConditionText,
  sizeCalculation: (_, text) => Math.max(1, text.length),
});

/** The tree of a condition, or why the text cannot be one. The tree is not to be changed. Never throws. */
export function parseCondition(text: string): { readonly tree: Tree } | { readonly problem: string } {
  return parsed(text);
}

/** What went wrong in an expression. `isLate`: it ran out of time. */
export interface Fault {
  readonly error: string;
  readonly isLate?: true;
}

/** The value of an expression, which depends on the text and the input alone. Never throws. */
export async function evaluate(text: string, input: unknown): Promise<{ readonly value: unknown } | Fault> {
  const known = parsed(text);
  if ('problem' in known) return { error: known.problem };
  try {
    known.expression ??= strictExpression(text);
    return { value: await known.expression.evaluate(input) };
  } catch (error) {
    const isLate = (error as { code?: unknown }).code === TIMED_OUT;
    return { error: `failed: ${clip(messageOf(error))}: ${text}`, ...(isLate ? { isLate } : {}) };
  }
}

function parsed(text: string): Parsed {
  const known = cache.get(text);
  if (known) return known;
  const fresh = parse(text);
  cache.set(text, fresh);
  return fresh;
}

function parse(text: string): Parsed {
  if (text.length > LIMITS.conditionLength) {
    return { problem: `is longer than ${LIMITS.conditionLength} characters` };
  }
  const defaults = text.match(/\?[?:]/g)?.length ?? 0;
  if (defaults > MAX_DEFAULTS) return { problem: `has ${defaults} ?: and ??, more than ${MAX_DEFAULTS}` };
  try {
    const tree = jsonata(text, BOUNDS).ast() as Tree;
    const problem = forbidden(tree);
    return problem === undefined ? { tree } : { problem };
  } catch (error) {
    return { problem: syntaxProblem(text, error) };
  }
}

/** The tree is another one than is looked at: it is changed. */
function strictExpression(text: string): jsonata.Expression {
  const expression = jsonata(text, BOUNDS);
  makeStrict(expression.ast() as Tree);
  for (const [name, implementation] of Object.entries(STRICT_FUNCTIONS)) {
    expression.registerFunction(name, implementation);
  }
  boundText(expression);
  return expression;
}

function syntaxProblem(text: string, error: unknown): string {
  const { position } = error as { position?: unknown };
  const place = typeof position === 'number' ? ` (character ${position})` : '';
  return `is not JSONata: ${clip(messageOf(error))}${place}${hyphenHint(text)}`;
}

/** A hyphen before a digit is no subtraction that JSONata could read: `results.api-1.status`. */
function hyphenHint(text: string): string {
  const [, before, name] = /((?:results|outputs)\.)([A-Za-z_]\w*(?:-\w+)+)/.exec(text) ?? [];
  if (before === undefined) return '';
  return `. A name with a hyphen stands in backquotes: ${before}\`${name}\``;
}

/** A part of the expression that a condition may not use. */
function forbidden(tree: Tree): string | undefined {
  for (const { type, value } of nodesOf(tree)) {
    if (type === 'regex') {
      // A pattern can be written so that matching never ends, and no timeout interrupts a match.
      return 'has a regular expression, which is not available: compare with =, in or $contains(text, part)';
    }
    if (type === 'variable' && typeof value === 'string' && UNAVAILABLE.has(value)) {
      return `$${value} is not available: the answer must depend on the results alone`;
    }
  }
  return undefined;
}

function messageOf(error: unknown): string {
  if (error instanceof RangeError) return 'it is nested too deeply or grows too large';
  const message = (error as { message?: unknown } | null)?.message;
  return typeof message === 'string' && message !== '' ? message : String(error);
}

/** Messages of JSONata quote values, which may be of any length. */
function clip(message: string): string {
  return message.length <= 500 ? message : `${message.slice(0, 499)}…`;
}
