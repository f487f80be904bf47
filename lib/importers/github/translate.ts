import { LIMITS } from '../../core/limits';
import { evaluate, type Scope, STATUS_FUNCTIONS } from './evaluate';
import { type Expression, isLogical, type Logical } from './expression';
import { FUNCTIONS, formatParts } from './functions';
import {
  anyKnown,
  both,
  chosen,
  comparison,
  constant,
  type Leaf,
  search,
  textCode,
  truthOfLeaf,
  valueCode,
} from './leaves';
import { all, any, not, type Test, testText } from './test-code';
import { isTruthy, textOf } from './values';

/** What expressions can ask at run time. */
export interface RunScope extends Scope {
  /** What a context is then; undefined where nobody can tell. */
  readonly leaf: (path: readonly string[]) => Leaf | undefined;
  /** What a status function comes to. */
  readonly state: (name: string) => Test | undefined;
}

/** An expression as a test. `unknown`: parts that nobody can tell, each of which counts as what lets the test hold. */
export interface Translated {
  readonly test: Test;
  readonly unknown: number;
}

/** Parts of an expression can stand in its test more than once: past this length it is given up. */
const MAX_TEXT = 2 * LIMITS.conditionLength;

/** Values that one expression may come to, before it is given up. */
const MAX_LEAVES = 64;

/**
 * Where an expression counts as true at run time, or as false. What is not known then is decided in favour of the
 * test, so that a job runs rather than not.
 */
export function translate(tree: Expression, scope: RunScope, wanted = true): Translated {
  const translator = new Translator(scope);
  const test = translator.test(tree, wanted);
  return { test, unknown: translator.unknown };
}

/** A value, and where it is the one that an expression comes to: one of them at a time is. */
interface Guarded {
  readonly where: Test;
  readonly leaf: Leaf;
}

class Translator {
  unknown = 0;

  private readonly seen = new Map<Expression, readonly Guarded[] | undefined>();

  constructor(private readonly scope: RunScope) {}

  test(tree: Expression, wanted: boolean): Test {
    if (tree.kind === 'not') return this.test(tree.of, !wanted);
    if (isLogical(tree)) {
      const sides = [this.test(tree.left, wanted), this.test(tree.right, wanted)];
      return (tree.op === '&&') === wanted ? all(...sides) : any(...sides);
    }
    const test = this.testOfValue(tree, wanted);
    if (test !== undefined) return test;
    this.unknown += 1;
    return true;
  }

  private testOfValue(tree: Expression, wanted: boolean): Test | undefined {
    const test = this.testOf(tree, wanted);
    return test !== undefined && testText(test).length <= MAX_TEXT ? test : undefined;
  }

  private testOf(tree: Expression, wanted: boolean): Test | undefined {
    const known = evaluate(tree, this.scope);
    if (known) return isTruthy(known.value) === wanted;
    if (tree.kind === 'binary' && !isLogical(tree)) {
      const { op } = tree;
      return this.overPairs(tree.left, tree.right, (a, b) => comparison(op, a, b, wanted));
    }
    if (tree.kind === 'call') {
      if (STATUS_FUNCTIONS.includes(tree.name)) return this.status(tree, wanted);
      const [first, second] = tree.args;
      if (SEARCHES.includes(tree.name) && first && second) {
        return this.overPairs(first, second, (where, what) => searched(tree.name, where, what, wanted));
      }
    }
    const found = this.leaves(tree);
    return found && anyKnown(found.map(({ where, leaf }) => both(where, truthOfLeaf(leaf, wanted))));
  }

  private status({ name, args }: Extract<Expression, { kind: 'call' }>, wanted: boolean): Test | undefined {
    const test = args.length === 0 ? this.scope.state(name) : undefined;
    return test === undefined || wanted ? test : not(test);
  }

  private overPairs(
    left: Expression,
    right: Expression,
    test: (a: Leaf, b: Leaf) => Test | undefined,
  ): Test | undefined {
    const [as, bs] = [this.leaves(left), this.leaves(right)];
    if (!as || !bs || as.length * bs.length > MAX_LEAVES) return undefined;
    const pairs = as.flatMap((a) => bs.map((b) => both(all(a.where, b.where), test(a.leaf, b.leaf))));
    return anyKnown(pairs);
  }

  /** What an expression can come to; undefined where nobody can tell. Each part is looked at once. */
  leaves(tree: Expression): readonly Guarded[] | undefined {
    if (!this.seen.has(tree)) this.seen.set(tree, this.leavesOf(tree));
    return this.seen.get(tree);
  }

  private leavesOf(tree: Expression): readonly Guarded[] | undefined {
    const known = evaluate(tree, this.scope);
    if (known) return single(constant(known.value));
    switch (tree.kind) {
      case 'context': {
        const leaf = this.scope.leaf(tree.path);
        return leaf && single(folded(leaf));
      }
      case 'binary':
        return isLogical(tree) ? this.eitherSide(tree) : this.truthLeaf(tree);
      case 'call':
        return this.callLeaves(tree);
      case 'not':
        return this.truthLeaf(tree);
      default:
        return undefined;
    }
  }

  private truthLeaf(tree: Expression): readonly Guarded[] | undefined {
    const before = this.unknown;
    const tests = [true, false].map((wanted) => this.test(tree, wanted));
    if (this.unknown > before) {
      this.unknown = before;
      return undefined;
    }
    return single({ is: 'truth', holds: (wanted) => tests[wanted ? 0 : 1]! });
  }

  /** `a && b`: `b` where `a` counts as true, else `a`; the other way round with `||`. */
  private eitherSide(tree: Logical): readonly Guarded[] | undefined {
    const [left, right] = [this.leaves(tree.left), this.leaves(tree.right)];
    if (!left || !right || left.length * (right.length + 1) > MAX_LEAVES) return undefined;
    const isAnd = tree.op === '&&';
    const found: Guarded[] = [];
    for (const { where, leaf } of left) {
      const [goesOn, stops] = [truthOfLeaf(leaf, isAnd), truthOfLeaf(leaf, !isAnd)];
      if (goesOn === undefined || stops === undefined) return undefined;
      const rest = leaf.is === 'truth' ? constant(!isAnd) : leaf;
      found.push({ where: all(where, stops), leaf: rest });
      found.push(...right.map((other) => ({ where: all(where, goesOn, other.where), leaf: other.leaf })));
    }
    return found.filter(({ where }) => where !== false);
  }

  private callLeaves({ name, args, ...rest }: Extract<Expression, { kind: 'call' }>) {
    if (STATUS_FUNCTIONS.includes(name) || SEARCHES.includes(name)) {
      return this.truthLeaf({ ...rest, name, args });
    }
    const found = args.map((arg) => this.onlyLeaf(arg));
    const [first, ...others] = found;
    if (!first || found.includes(undefined)) return undefined;
    const values = others as Leaf[];
    if ([first, ...values].every((leaf) => leaf.is === 'constant'))
      return single(applied(name, [first, ...values]));
    const given = all(...[first, ...values].map(givenOf));
    switch (name) {
      case 'format':
        return textLeaf(formatCode(first, values), given);
      case 'join':
        return textLeaf(joinCode(first, values[0]), given);
      case 'tojson': {
        const code = valueCode(first);
        // Text by itself is text already, and JSON has it in quotes.
        if (first.is !== 'object' && first.is !== 'list') return undefined;
        return textLeaf(code && `$string(${code}, true)`, given);
      }
      case 'fromjson':
        return first.is === 'text' ? single({ ...first, as: 'json' }) : undefined;
      default:
        return undefined;
    }
  }

  /** An argument as one value: several, each under its condition, are one text. */
  private onlyLeaf(tree: Expression): Leaf | undefined {
    const found = this.leaves(tree);
    if (!found || found.length < 2) return found?.[0]?.leaf;
    const codes = found.map(({ where, leaf }) => [where, textCode(leaf)] as const);
    if (codes.some(([, code]) => code === undefined)) return undefined;
    const given = all(...found.map(({ leaf }) => givenOf(leaf)));
    return textLeaf(chosen(codes as [Test, string][]), given)?.[0]?.leaf;
  }
}

const SEARCHES: readonly string[] = ['contains', 'startswith', 'endswith'];

function single(leaf: Leaf | undefined): readonly Guarded[] | undefined {
  return leaf && [{ where: true, leaf }];
}

function textLeaf(code: string | undefined, given: Test): readonly Guarded[] | undefined {
  if (code === undefined || code.length > MAX_TEXT) return undefined;
  return single({ is: 'text', code, as: 'text', given });
}

/** A list or an object whose parts are all known is known itself. */
function folded(leaf: Leaf): Leaf {
  if (leaf.is === 'list') {
    const items = leaf.items.map(folded);
    return items.every((item) => item.is === 'constant') ? constant(items.map(({ value }) => value)) : leaf;
  }
  if (leaf.is !== 'object') return leaf;
  const entries = leaf.entries.map(([key, value]) => [key, folded(value)] as const);
  const known = entries.flatMap(([key, value]) =>
    value.is === 'constant' ? [[key, value.value] as const] : [],
  );
  return known.length === entries.length ? constant(Object.fromEntries(known)) : leaf;
}

function applied(name: string, args: readonly Leaf[]): Leaf | undefined {
  try {
    const value = FUNCTIONS.get(name)?.(
      ...args.map((arg) => (arg.is === 'constant' ? arg.value : undefined)),
    );
    return value === undefined ? undefined : constant(value);
  } catch {
    return undefined;
  }
}

/** Where all that a value is made of was given. */
function givenOf(leaf: Leaf): Test {
  if (leaf.is === 'text') return leaf.given;
  if (leaf.is === 'list') return all(...leaf.items.map(givenOf));
  return leaf.is === 'object' ? all(...leaf.entries.map(([, value]) => givenOf(value))) : true;
}

function searched(name: string, where: Leaf, what: Leaf, wanted: boolean): Test | undefined {
  const known = where.is === 'constant' && what.is === 'constant' ? applied(name, [where, what]) : undefined;
  if (known?.is === 'constant') return known.value === wanted;
  const items = listOf(where);
  if (!items || name !== 'contains') {
    return items || isCompound(where) || isCompound(what) ? undefined : search(name, where, what, wanted);
  }
  const tests = items.map((item) => comparison('==', item, what, wanted));
  if (wanted) return anyKnown(tests);
  return tests.includes(undefined) ? undefined : all(...(tests as Test[]));
}

function isCompound(leaf: Leaf): boolean {
  if (leaf.is === 'constant') return typeof leaf.value === 'object' && leaf.value !== null;
  return leaf.is === 'object' || leaf.is === 'list';
}

function listOf(leaf: Leaf): readonly Leaf[] | undefined {
  if (leaf.is === 'list') return leaf.items;
  return leaf.is === 'constant' && Array.isArray(leaf.value) ? leaf.value.map(constant) : undefined;
}

function formatCode(text: Leaf, values: readonly Leaf[]): string | undefined {
  if (text.is !== 'constant') return undefined;
  try {
    const parts = formatParts(textOf(text.value)).filter((part) => part !== '');
    const codes = parts.map((part) => {
      if (typeof part === 'string') return JSON.stringify(part);
      const value = values[part];
      return value && textCode(value);
    });
    return codes.includes(undefined) ? undefined : `(${codes.join(' & ')})`;
  } catch {
    return undefined;
  }
}

function joinCode(list: Leaf, separator: Leaf = constant(',')): string | undefined {
  const items = listOf(list);
  if (!items || separator.is !== 'constant') return undefined;
  const codes = items.map(textCode);
  if (codes.includes(undefined)) return undefined;
  return codes.length === 0
    ? '""'
    : `$join([${codes.join(', ')}], ${JSON.stringify(textOf(separator.value))})`;
}
