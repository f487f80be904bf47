import { type Expression, parseCondition } from './expression';
import type { Fact, Facts } from './facts';

/** Whether a condition holds; `open` where that is not known yet, `unreadable` where it is no condition. */
export type Verdict = boolean | 'open' | 'unreadable';

type Value = Fact | RegExp | readonly Value[];
type Known = { readonly value: Value } | undefined;

class Mismatch extends Error {}

export function holds(text: string, facts: Facts): Verdict {
  const tree = parseCondition(text);
  if (!tree) return 'unreadable';
  try {
    const known = evaluate(tree, facts);
    return known === undefined ? 'open' : truth(known.value);
  } catch (error) {
    if (error instanceof Mismatch) return 'unreadable';
    throw error;
  }
}

function evaluate(tree: Expression, facts: Facts): Known {
  switch (tree.kind) {
    case 'value':
      return { value: tree.value };
    case 'open':
      return undefined;
    case 'name': {
      const value = facts.fact(tree.path);
      return value === undefined ? undefined : { value };
    }
    case 'call':
      return call(tree, facts);
    case 'list': {
      const items = tree.of.map((each) => evaluate(each, facts));
      return items.every((item) => item !== undefined)
        ? { value: items.map(({ value }) => value) }
        : undefined;
    }
    case 'not': {
      const of = evaluate(tree.of, facts);
      return of && { value: !truth(of.value) };
    }
    case 'binary':
      return binary(tree, facts);
    case 'choice': {
      const test = evaluate(tree.test, facts);
      return test && evaluate(truth(test.value) ? tree.yes : tree.no, facts);
    }
  }
}

/** `env` of what is not set is an empty text, `build.env` is null. */
function call({ name, args }: Extract<Expression, { kind: 'call' }>, facts: Facts): Known {
  const [variable, ...rest] = args;
  if ((name !== 'env' && name !== 'build.env') || !variable || rest.length > 0) throw new Mismatch();
  const known = evaluate(variable, facts);
  if (!known) return undefined;
  if (typeof known.value !== 'string') throw new Mismatch();
  const value = facts.variable(known.value);
  return value === undefined ? undefined : { value: value ?? (name === 'env' ? '' : null) };
}

function binary({ op, left, right }: Extract<Expression, { kind: 'binary' }>, facts: Facts): Known {
  const a = evaluate(left, facts);
  const b = evaluate(right, facts);
  if (op === '&&' || op === '||') {
    const decides = op === '||';
    if ((a && truth(a.value) === decides) || (b && truth(b.value) === decides)) return { value: decides };
    return a && b && { value: !decides };
  }
  if (!a || !b) return undefined;
  switch (op) {
    case '==':
      return { value: isSame(a.value, b.value) };
    case '!=':
      return { value: !isSame(a.value, b.value) };
    case '=~':
      return { value: matches(a.value, b.value) };
    case '!~':
      return { value: !matches(a.value, b.value) };
    case 'includes':
      return { value: includes(a.value, b.value) };
  }
}

function truth(value: Value): boolean {
  if (typeof value !== 'boolean') throw new Mismatch();
  return value;
}

function isSame(a: Value, b: Value): boolean {
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((each, i) => isSame(each, b[i]));
  }
  if (a !== null && b !== null && typeof a !== typeof b) throw new Mismatch();
  return a instanceof RegExp && b instanceof RegExp ? String(a) === String(b) : a === b;
}

function matches(text: Value, pattern: Value): boolean {
  if (!(pattern instanceof RegExp) || (text !== null && typeof text !== 'string')) throw new Mismatch();
  return text !== null && pattern.test(text);
}

function includes(list: Value, item: Value): boolean {
  if (list === null) return false;
  if (!Array.isArray(list)) throw new Mismatch();
  return list.some((each) => isSame(each, item));
}

/** Whether a branch is one of those that patterns name: any that is wanted, and none with `!`. */
export function isBranchOf(patterns: readonly string[], branch: string): boolean {
  const isOne = (pattern: string) =>
    new RegExp(
      `^${pattern
        .split('*')
        .map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
        .join('.*')}$`,
      's',
    ).test(branch);
  const wanted = patterns.filter((pattern) => !pattern.startsWith('!'));
  const unwanted = patterns.filter((pattern) => pattern.startsWith('!')).map((pattern) => pattern.slice(1));
  return (wanted.length === 0 || wanted.some(isOne)) && !unwanted.some(isOne);
}
