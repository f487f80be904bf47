import { shapeOf } from './shape';

/** Levels of lists and objects in a value that one node hands to others. */
const MAX_DEPTH = 32;

/**
 * Why the journal and a command could not carry a value, as the end of a sentence that begins with the value, or
 * undefined when they can. Looks at no more of it than `maxBytes` allow, so that a value that holds itself, or a
 * part of itself many times over, costs no more than one that is too large.
 * @param maxBytes of the value as JSON
 */
export function jsonProblem(value: unknown, maxBytes: number): string | undefined {
  return measure(value, { left: maxBytes }, 1);
}

/** Whether lists and objects stand in each other for more levels than `jsonProblem` allows of a value in outputs. */
export function isNestedTooDeeply(value: unknown): boolean {
  return shapeOf(value).depth > MAX_DEPTH + 1;
}

interface Budget {
  left: number;
}

function measure(value: unknown, budget: Budget, depth: number): string | undefined {
  if (typeof value === 'string') return spend(budget, textBytes(value, budget.left));
  if (typeof value === 'number') {
    return Number.isFinite(value) ? spend(budget, String(value).length) : 'is a number out of range';
  }
  if (typeof value === 'boolean' || value === null) return spend(budget, 4);
  if (typeof value !== 'object') return `is ${typeof value === 'function' ? 'a function' : 'nothing'}`;
  if (depth > MAX_DEPTH) return `is nested deeper than ${MAX_DEPTH} levels`;
  if (Object.hasOwn(value, '__proto__')) return 'uses the reserved name __proto__';
  return Array.isArray(value) ? measureList(value, budget, depth) : measureObject(value, budget, depth);
}

function measureList(list: readonly unknown[], budget: Budget, depth: number): string | undefined {
  let problem = spend(budget, 2);
  for (let i = 0; i < list.length && problem === undefined; i++) {
    problem = spend(budget, i === 0 ? 0 : 1) ?? measure(list[i], budget, depth + 1);
  }
  return problem;
}

function measureObject(value: object, budget: Budget, depth: number): string | undefined {
  let problem = spend(budget, 2);
  for (const [key, inner] of Object.entries(value)) {
    problem ??= spend(budget, textBytes(key, budget.left) + 2) ?? measure(inner, budget, depth + 1);
    if (problem !== undefined) break;
  }
  return problem;
}

/** Of a text that is longer than what is left, not more is looked at. */
function textBytes(text: string, left: number): number {
  return text.length > left ? text.length : new TextEncoder().encode(JSON.stringify(text)).length;
}

function spend(budget: Budget, bytes: number): string | undefined {
  budget.left -= bytes;
  return budget.left < 0 ? 'is too large' : undefined;
}

/** Whether a text can be a variable of a process: no NUL, and no half of a pair of UTF-16. */
export function isVariableText(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}
