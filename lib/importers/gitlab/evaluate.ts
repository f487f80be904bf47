import { fits } from '../pattern';
import type { Expression } from './expression';

/** What is known of a variable: its text, that it is not set (null), or nothing (undefined). Unknown is not empty. */
export type Lookup = (name: string) => string | null | undefined;

/** Sorts of values, as bits: nothing and false; text without anything in it; whatever else. */
const NOTHING = 1;
const BLANK = 2;
const SOME = 4;

type Value = string | boolean | null;

/** A value, or the sorts of values that it may be. */
type Known = { readonly value: Value } | { readonly sorts: number };

/**
 * Whether an expression holds; undefined where that depends on what nobody told. As on GitLab, whose `&&` and `||` are
 * Ruby's: empty text does not hold by itself, but `"" && $X` is `$X`, and `"" || $X` is empty.
 */
export function holds(expression: Expression, lookup: Lookup): boolean | undefined {
  const sorts = sortsOf(evaluate(expression, lookup));
  if (sorts === SOME) return true;
  return (sorts & SOME) === 0 ? false : undefined;
}

function evaluate(expression: Expression, lookup: Lookup): Known {
  switch (expression.kind) {
    case 'value':
      return { value: expression.value };
    case 'pattern':
      return { value: `/${expression.source}/${expression.flags}` };
    case 'variable': {
      const value = lookup(expression.name);
      return value === undefined ? { sorts: NOTHING | BLANK | SOME } : { value };
    }
    case 'not': {
      const result = holds(expression.inner, lookup);
      return result === undefined ? UNDECIDED : { value: !result };
    }
    case 'binary':
      return binary(expression, evaluate(expression.left, lookup), evaluate(expression.right, lookup));
  }
}

const UNDECIDED: Known = { sorts: NOTHING | SOME };

function binary({ operator }: Expression & { kind: 'binary' }, left: Known, right: Known): Known {
  if (operator === '&&') return choose(left, right, left);
  if (operator === '||') return choose(left, left, right);
  if (!('value' in left && 'value' in right)) return compareSorts(operator, left, right);
  if (operator === '==') return { value: left.value === right.value };
  if (operator === '!=') return { value: left.value !== right.value };
  const found = matches(left.value, right.value);
  if (found === undefined) return UNDECIDED;
  return { value: operator === '=~' ? found : !found };
}

/** Ruby takes everything but nothing and false for true. */
function choose(condition: Known, whenTrue: Known, whenFalse: Known): Known {
  const sorts = sortsOf(condition);
  if ((sorts & NOTHING) === 0) return whenTrue;
  if (sorts === NOTHING) return whenFalse;
  const kept = condition === whenFalse ? NOTHING : sortsOf(whenFalse);
  const taken = condition === whenTrue ? sorts & ~NOTHING : sortsOf(whenTrue);
  return { sorts: kept | taken };
}

/** What is not known may still be of another sort than what it is compared with. */
function compareSorts(operator: string, left: Known, right: Known): Known {
  if (operator !== '==' && operator !== '!=') return UNDECIDED;
  if ((sortsOf(left) & sortsOf(right)) !== 0) return UNDECIDED;
  return { value: operator === '!=' };
}

function sortsOf(known: Known): number {
  if ('sorts' in known) return known.sorts;
  const { value } = known;
  if (value === null || value === false) return NOTHING;
  return typeof value === 'string' && value.trim() === '' ? BLANK : SOME;
}

/** Without slashes the right side is no pattern, and GitLab looks for the left in it. */
function matches(left: Value, right: Value): boolean | undefined {
  if (right === null || typeof right === 'boolean') return false;
  const pattern = /^\/(.*)\/([ismU]*)$/s.exec(right);
  const text = left === null ? '' : String(left);
  if (!pattern) return right.includes(text);
  return matchesPattern(text, pattern[1]!, pattern[2]!);
}

/** Whether RE2, which GitLab uses, finds the pattern; undefined where the regular expressions here may differ. */
export function matchesPattern(text: string, pattern: string, flags: string): boolean | undefined {
  return flags.includes('U') ? undefined : fits(text, pattern, flags);
}
