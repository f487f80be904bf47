import { type Expression, isLogical, type Logical } from './expression';
import { FUNCTIONS } from './functions';
import { allOf, compare, isTruthy, itemOf } from './values';

export { isTruthy, textOf } from './values';

/** A value that is known before anything runs; undefined where it is not. */
export type Known = { readonly value: unknown } | undefined;

/** What is known: of contexts by their path, and of functions that ask for the state of the run. */
export interface Scope {
  readonly context: (path: readonly string[]) => Known;
  readonly status?: (name: string) => Known;
  /** The variable that holds a value where the command runs, given by the graph itself. */
  readonly variable?: (path: readonly string[]) => string | undefined;
}

/** The functions that ask how the run went so far. */
export const STATUS_FUNCTIONS: readonly string[] = ['always', 'success', 'failure', 'cancelled'];

/** The value of an expression where it follows from what is known, whatever a run brings; else undefined. */
export function evaluate(tree: Expression, scope: Scope): Known {
  return assess(tree, scope).known;
}

/** Whether an expression counts as true: what is unknown may not matter. */
export function truthOf(tree: Expression, scope: Scope): boolean | undefined {
  return assess(tree, scope).holds;
}

interface Assessed {
  readonly known: Known;
  readonly holds: boolean | undefined;
}

/** Both at once, so that the effort is that of going through the tree. */
function assess(tree: Expression, scope: Scope): Assessed {
  if (tree.kind === 'not') {
    const { holds } = assess(tree.of, scope);
    return holds === undefined ? UNKNOWN : assessed({ value: !holds });
  }
  if (!isLogical(tree)) return assessed(partValue(tree, scope));
  const [a, b] = [assess(tree.left, scope), assess(tree.right, scope)];
  const stops = tree.op === '||';
  const isStopped = a.holds === stops || b.holds === stops;
  const isOpen = a.holds === undefined || b.holds === undefined;
  const holds = isStopped ? stops : isOpen ? undefined : !stops;
  // `a && b` is `b` where `a` counts as true, else `a`: which of them is known only where that is.
  const known = a.holds === undefined ? undefined : (a.holds === stops ? a : b).known;
  return { known, holds };
}

const UNKNOWN: Assessed = { known: undefined, holds: undefined };

function assessed(known: Known): Assessed {
  return { known, holds: known && isTruthy(known.value) };
}

function partValue(tree: Exclude<Expression, Logical | { kind: 'not' }>, scope: Scope): Known {
  switch (tree.kind) {
    case 'literal':
      return { value: tree.value };
    case 'context':
      return contextValue(tree.path, scope);
    case 'index': {
      const of = evaluate(tree.of, scope);
      if (!of) return undefined;
      if (tree.by === '*') return { value: allOf(of.value) };
      const by = evaluate(tree.by, scope);
      return by && { value: itemOf(of.value, by.value) };
    }
    case 'binary': {
      const [a, b] = [evaluate(tree.left, scope), evaluate(tree.right, scope)];
      return a && b && { value: compare(tree.op, a.value, b.value) };
    }
    case 'call':
      return call(tree, scope);
  }
}

function contextValue(path: readonly string[], scope: Scope): Known {
  const known = scope.context(path);
  const star = path.indexOf('*');
  if (known || star < 0) return known;
  const base = scope.context(path.slice(0, star));
  if (!base) return undefined;
  const value = path
    .slice(star)
    .reduce<unknown>((of, key) => (key === '*' ? allOf(of) : itemOf(of, key)), base.value);
  return { value };
}

function call({ name, args }: Extract<Expression, { kind: 'call' }>, scope: Scope): Known {
  if (STATUS_FUNCTIONS.includes(name)) return args.length === 0 ? scope.status?.(name) : undefined;
  const values: unknown[] = [];
  for (const arg of args) {
    const known = evaluate(arg, scope);
    if (!known) return undefined;
    values.push(known.value);
  }
  try {
    const value = FUNCTIONS.get(name)?.(...values);
    return value === undefined ? undefined : { value };
  } catch {
    // GitHub refuses it while it runs.
    return undefined;
  }
}
