import { nodeText, RESULTS, type Result } from './results';
import { all, any, atom, not, type Test, testText } from './test-code';
import { type Comparison, compare, isTruthy, numberOf, textOf } from './values';

/** A value that an expression can come to, as far as it is known while importing. */
export type Leaf =
  | { readonly is: 'constant'; readonly value: unknown }
  /** True or false at run time. */
  | { readonly is: 'truth'; readonly holds: (wanted: boolean) => Test }
  /** The result of a job. */
  | { readonly is: 'result'; readonly among: (wanted: readonly Result[]) => Test }
  | Text
  | { readonly is: 'list'; readonly items: readonly Leaf[] }
  | { readonly is: 'object'; readonly entries: readonly (readonly [string, Leaf])[] };

/**
 * A text at run time. `told`: what a person wrote down of a value of any type. `json`: JSON of it.
 * `given` holds where it is known then.
 */
export interface Text {
  readonly is: 'text';
  readonly code: string;
  readonly as: 'text' | 'told' | 'json';
  readonly given: Test;
  /** An empty one is no text there but null, which equals texts that stand for 0. */
  readonly isNullable?: true;
}

export const constant = (value: unknown): Leaf => ({ is: 'constant', value });

/** An output of a node; one that it did not hand on is empty. */
export function outputLeaf(id: string, name: string): Leaf {
  return {
    is: 'text',
    code: `(${nodeText(id)}.outputs.\`${name}\` ?: "")`,
    as: 'text',
    given: true,
    isNullable: true,
  };
}

/** Where the value counts as true, or as false; undefined where nobody can tell. What is not given may be either. */
export function truthOfLeaf(leaf: Leaf, wanted: boolean): Test | undefined {
  switch (leaf.is) {
    case 'constant':
      return isTruthy(leaf.value) === wanted;
    case 'truth':
      return leaf.holds(wanted);
    case 'result':
    case 'list':
    case 'object':
      return wanted;
    case 'text': {
      const empty = {
        text: '[""]',
        told: '["", "0", "false"]',
        json: '["", "0", "false", "null", "\\"\\""]',
      }[leaf.as];
      const isEmpty = atom(leaf.as === 'text' ? `${leaf.code} = ""` : `${leaf.code} in ${empty}`);
      return orNotGiven(wanted ? not(isEmpty) : isEmpty, leaf);
    }
  }
}

/** Whether `left op right` comes out as wanted; undefined where nobody can tell. */
export function comparison(op: Comparison, left: Leaf, right: Leaf, wanted: boolean): Test | undefined {
  if (op === '!=') return comparison('==', left, right, !wanted);
  for (const [side, other, isLeft] of [[left, right, true] as const, [right, left, false] as const]) {
    const with_ = (value: unknown) =>
      isLeft
        ? comparison(op, constant(value), other, wanted)
        : comparison(op, other, constant(value), wanted);
    if (side.is === 'truth') {
      return anyKnown([true, false].map((value) => both(side.holds(value), with_(value))));
    }
    if (side.is === 'result') {
      return anyKnown(groups(with_).map(([results, test]) => both(side.among(results), test)));
    }
  }
  if (left.is === 'constant' && right.is === 'constant')
    return compare(op, left.value, right.value) === wanted;
  if (left.is === 'text' && right.is === 'text') return betweenTexts(op, left, right, wanted);
  if (left.is === 'text' && right.is === 'constant') return withConstant(op, left, right.value, wanted);
  if (left.is === 'constant' && right.is === 'text') {
    return withConstant(MIRRORED[op], right, left.value, wanted);
  }
  // Lists and objects are equal to nothing but themselves.
  return left.is !== right.is && op === '==' ? !wanted : undefined;
}

const MIRRORED: Readonly<Record<Comparison, Comparison>> = {
  '==': '==',
  '!=': '!=',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
};

/** The results with which something comes out the same, together. */
function groups(testWith: (result: Result) => Test | undefined): [Result[], Test | undefined][] {
  const found = new Map<string, [Result[], Test | undefined]>();
  for (const result of RESULTS) {
    const test = testWith(result);
    const key = test === undefined ? '?' : testText(test);
    const [results] = found.get(key) ?? [[]];
    found.set(key, [[...results, result], test]);
  }
  return [...found.values()];
}

function betweenTexts(op: Comparison, left: Text, right: Text, wanted: boolean): Test | undefined {
  if (left.as === 'json' || right.as === 'json') return undefined;
  const test = atom(`${upper(left)} ${op === '==' ? '=' : op} ${upper(right)}`);
  return orNotGiven(orNotGiven(wanted ? test : not(test), left), right);
}

function withConstant(op: Comparison, text: Text, value: unknown, wanted: boolean): Test | undefined {
  const test = constantTest(op, text, value);
  return test === undefined ? undefined : orNotGiven(wanted ? test : not(test), text);
}

function constantTest(op: Comparison, text: Text, value: unknown): Test | undefined {
  if (typeof value === 'object' && value !== null) return false;
  if (typeof value === 'string' && text.as !== 'json') {
    if (op === '==' && text.isNullable && value !== '' && numberOf(value) === 0) {
      return atom(`${upper(text)} in ["", ${JSON.stringify(value.toUpperCase())}]`);
    }
    return atom(`${upper(text)} ${op === '==' ? '=' : op} ${JSON.stringify(value.toUpperCase())}`);
  }
  if (op !== '==') return undefined;
  if (typeof value === 'string') return atom(`${text.code} = ${JSON.stringify(JSON.stringify(value))}`);
  if (typeof value === 'number' && Number.isNaN(value)) return false;
  return atom(`$trim(${text.code}) in ${JSON.stringify(notations(text.as, value))}`);
}

/** The texts that equal a value which is no text: a text is taken for a number then, in its usual notation. */
function notations(as: Text['as'], value: unknown): string[] {
  const number = textOf(numberOf(value));
  if (as === 'text') return number === '0' ? ['', '0'] : [number];
  const word = value === null ? ['null', ''] : typeof value === 'boolean' ? [String(value)] : [];
  return [...new Set([...word, number])];
}

function upper({ code }: Text): string {
  return `$uppercase(${code})`;
}

/** `contains(text, part)` and its kind, of two texts. */
export function search(name: string, where: Leaf, what: Leaf, wanted: boolean): Test | undefined {
  const [text, part] = [textCode(where), textCode(what)];
  if (text === undefined || part === undefined) return undefined;
  const test = searchTest(name, `$lowercase(${text})`, what, part);
  return test && orNotGiven(orNotGiven(wanted ? test : not(test), where), what);
}

function searchTest(name: string, text: string, what: Leaf, part: string): Test | undefined {
  const fixed = what.is === 'constant' ? textOf(what.value).toLowerCase() : undefined;
  if (fixed === '') return true;
  const sought = fixed === undefined ? `$lowercase(${part})` : JSON.stringify(fixed);
  if (name === 'contains') return atom(`$contains(${text}, ${sought})`);
  // Only of a fixed part is the length known while importing.
  if (fixed === undefined) return undefined;
  const place = name === 'startswith' ? `0, ${fixed.length}` : `-${fixed.length}`;
  return atom(`$substring(${text}, ${place}) = ${sought}`);
}

/** The value as a text, in JSONata; undefined where nobody can tell. */
export function textCode(leaf: Leaf): string | undefined {
  switch (leaf.is) {
    case 'constant':
      return JSON.stringify(textOf(leaf.value));
    case 'truth':
      return `(${testText(leaf.holds(true))} ? "true" : "false")`;
    case 'result':
      return chosen(RESULTS.map((result) => [leaf.among([result]), JSON.stringify(result)]));
    case 'text':
      return leaf.as === 'json' ? undefined : leaf.code;
    case 'list':
      return '"Array"';
    case 'object':
      return '"Object"';
  }
}

/** The value as JSONata has it, for `toJSON`. */
export function valueCode(leaf: Leaf): string | undefined {
  switch (leaf.is) {
    case 'constant':
      return JSON.stringify(leaf.value);
    case 'truth':
      return `(${testText(leaf.holds(true))})`;
    case 'list': {
      const items = leaf.items.map(valueCode);
      return items.includes(undefined) ? undefined : `[${items.join(', ')}]`;
    }
    case 'object': {
      const entries = leaf.entries.map(([key, value]) => [JSON.stringify(key), valueCode(value)] as const);
      if (entries.some(([, code]) => code === undefined)) return undefined;
      return `{${entries.map(([key, code]) => `${key}: ${code}`).join(', ')}}`;
    }
    case 'text':
      return leaf.as === 'text' ? leaf.code : undefined;
    default:
      return textCode(leaf);
  }
}

/** The first of the codes whose test holds; the last one where none before does. */
export function chosen(options: readonly (readonly [Test, string])[]): string {
  const last = options.at(-1)![1];
  const before = options.slice(0, -1).filter(([test]) => test !== false);
  const sure = before.findIndex(([test]) => test === true);
  const [tests, rest] = sure < 0 ? [before, last] : [before.slice(0, sure), before[sure]![1]];
  if (tests.length === 0) return rest;
  return `(${tests.map(([test, code]) => `${testText(test)} ? ${code} : `).join('')}${rest})`;
}

/** What nobody told counts as whatever lets the test hold. */
function orNotGiven(test: Test, leaf: Leaf): Test {
  return leaf.is === 'text' ? any(not(leaf.given), test) : test;
}

export function both(a: Test, b: Test | undefined): Test | undefined {
  return a === false ? false : b === undefined ? undefined : all(a, b);
}

export function anyKnown(tests: readonly (Test | undefined)[]): Test | undefined {
  if (tests.includes(undefined)) return undefined;
  return any(...(tests as readonly Test[]));
}
