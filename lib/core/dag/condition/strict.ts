import type jsonata from 'jsonata';
import { nodesOf, pathText, type Tree } from './tree';

/**
 * Outputs are text unless they were written as JSON, and JSONata takes text that is compared with anything else for
 * unequal, and any text for true. Such a condition would skip its node without a word, so here it goes wrong and says why.
 */

/** Characters that any text within an evaluation may have. */
const MAX_TEXT = 65_536;

const EQUALITY = ['=', '!=', 'in'];
const ORDER = ['<', '<=', '>', '>='];

/** No condition can name these: a name of JSONata has no blank. */
const COMPARE = 'strict compare';
const TRUTH = 'strict truth';

/** Puts strict functions in the place of JSONata's operators, in the tree that JSONata evaluates. */
export function makeStrict(tree: Tree): void {
  for (const node of [...nodesOf(tree)]) {
    if (node.type === 'binary' && [...EQUALITY, ...ORDER].includes(String(node.value))) compareStrictly(node);
    else if (node.type === 'binary' && (node.value === 'and' || node.value === 'or')) {
      if (node.lhs) node.lhs = truth(node.lhs);
      if (node.rhs) node.rhs = truth(node.rhs);
    } else if (isChoice(node)) node.condition = truth(node.condition);
    else if (isNot(node)) node.arguments = node.arguments?.map(truth) ?? [];
  }
}

/** `a ? b : c`. Of `a ?: b`, which gives a default to what is empty, JSONata makes one whose condition is its answer too. */
function isChoice(node: Tree): node is Tree & { condition: Tree } {
  const { type, condition, then } = node;
  return type === 'condition' && condition !== undefined && placeOf(condition) !== (then && placeOf(then));
}

function placeOf(tree: Tree): number | undefined {
  for (const { position } of nodesOf(tree)) if (position !== undefined) return position;
  return undefined;
}

function isNot({ type, procedure }: Tree): boolean {
  return type === 'function' && procedure?.type === 'variable' && procedure.value === 'not';
}

function compareStrictly(node: Tree): void {
  const { lhs, rhs, value } = node as Required<Pick<Tree, 'lhs' | 'rhs'>> & Tree;
  const call = callOf(COMPARE, [lhs, rhs, text(value), text(pathText(lhs)), text(pathText(rhs))], node);
  // In place: what refers to the node finds the call.
  delete node.lhs;
  delete node.rhs;
  Object.assign(node, call);
}

function truth(tree: Tree): Tree {
  return callOf(TRUTH, [tree, text(pathText(tree))], tree);
}

function callOf(name: string, args: readonly Tree[], { position }: Tree): Tree {
  const at = position === undefined ? {} : { position };
  return {
    type: 'function',
    value: '(',
    arguments: [...args],
    procedure: { type: 'variable', value: name },
    ...at,
  };
}

/** A literal. What has no text in the condition is told by its value alone. */
function text(value: unknown): Tree {
  return { type: 'string', value: typeof value === 'string' ? value : '' };
}

export const STRICT_FUNCTIONS = { [COMPARE]: compare, [TRUTH]: asTruth } as const;

/** @throws Error where text is compared with a number or a boolean, or order is asked of what has none. */
function compare(
  left: unknown,
  right: unknown,
  operator: string,
  leftText: string,
  rightText: string,
): unknown {
  if (left === undefined || right === undefined) return ORDER.includes(operator) ? undefined : false;
  const sides = [
    { value: left, text: leftText },
    { value: right, text: rightText },
  ] as const;
  if (operator === 'in') return isAmong(sides);
  refuseMixed(sides[0], sides[1], operator);
  if (operator === '=') return isEqual(left, right);
  if (operator === '!=') return !isEqual(left, right);
  return isOrdered(sides, operator);
}

interface Side {
  readonly value: unknown;
  readonly text: string;
}

function refuseMixed(left: Side, right: Side, operator: string): void {
  const [written, other] = typeof left.value === 'string' ? [left, right] : [right, left];
  if (typeof written.value !== 'string') return;
  if (typeof other.value !== 'number' && typeof other.value !== 'boolean') return;
  const compared = `the ${typeof other.value} ${other.value}`;
  const what = other.text === '' ? compared : `${other.text}, ${compared}`;
  throw new Error(
    `${nameOf(written)} is the text ${quoted(written.value)}, and ${operator} compares it with ${what}: ${mend(written, other)}`,
  );
}

function mend(written: Side, other: Side): string {
  const literal = other.text === '' ? `compare with '${String(other.value)}', or ` : '';
  const number = typeof other.value === 'number' ? `use $number(${written.text || '...'}), or ` : '';
  return `${literal}${number}${asJson(written, other.value)}`;
}

function asJson({ text: path }: Side, value: unknown): string {
  const name = /(?:^|\.)outputs\.(.+)$/.exec(path)?.[1]?.replaceAll('`', '') ?? 'name';
  return `hand the output on as JSON (${name}:=${String(value)})`;
}

function isAmong([one, many]: readonly [Side, Side]): boolean {
  const list = Array.isArray(many.value) ? (many.value as unknown[]) : [many.value];
  if (list.includes(one.value)) return true;
  // A list of several kinds is one that expects several; without the kind that is asked for, it was meant otherwise.
  if (!list.some((each) => typeof each === typeof one.value)) {
    for (const each of list) refuseMixed(one, { value: each, text: '' }, 'in');
  }
  return false;
}

function isOrdered(sides: readonly [Side, Side], operator: string): boolean {
  for (const side of sides) {
    if (typeof side.value === 'string' || typeof side.value === 'number') continue;
    throw new Error(`${nameOf(side)} is ${kindOf(side.value)}: ${operator} compares numbers, or texts`);
  }
  const [left, right] = [sides[0].value as number, sides[1].value as number];
  if (operator === '<') return left < right;
  if (operator === '<=') return left <= right;
  return operator === '>' ? left > right : left >= right;
}

/** @throws Error for text: any but the empty one would count as true, "false" too. */
function asTruth(value: unknown, valueText: string): unknown {
  if (typeof value !== 'string') return value;
  const side = { value, text: valueText };
  throw new Error(
    `${nameOf(side)} is the text ${quoted(value)}, which is neither true nor false: compare it (= 'true'), or ${asJson(side, true)}`,
  );
}

function nameOf({ text: path }: Side): string {
  return path === '' ? 'one side' : path;
}

/** What a value is, for a message. */
export function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing (no such result?)';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'object') return 'an object';
  return typeof value === 'string' ? `the text ${quoted(value)}` : `the ${typeof value} ${String(value)}`;
}

function quoted(value: string): string {
  return JSON.stringify(value.length <= 100 ? value : `${value.slice(0, 99)}…`);
}

/** As JSONata compares: lists and objects by what they hold, an object by its keys in any order. */
function isEqual(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
  if (Array.isArray(left) !== Array.isArray(right)) return false;
  const [keys, others] = [Object.keys(left), Object.keys(right)];
  const of = (value: object, key: string) => (value as Record<string, unknown>)[key];
  return (
    keys.length === others.length &&
    keys.every((key) => Object.hasOwn(right, key) && isEqual(of(left, key), of(right, key)))
  );
}

/** Lets no text of an evaluation grow past a bound, whatever made it: with `&` alone it doubles at every step. */
export function boundText(expression: Pick<jsonata.Expression, 'assign' | 'registerFunction'>): void {
  const check = (_tree: unknown, _input: unknown, _environment: unknown, result: unknown) => {
    if (typeof result === 'string') requireShort(result.length);
  };
  // The hook that JSONata has for its own exerciser: called with every value that a part of the tree comes to.
  expression.assign(Symbol.for('jsonata.__evaluate_exit') as unknown as string, check);
  // The one function whose text can be thousands of times as long as what it is made of, and is made in one piece.
  expression.registerFunction('join', join, '<a<s>s?:s>');
}

function join(texts: readonly string[] | undefined, separator = ''): string | undefined {
  if (texts === undefined) return undefined;
  requireShort(texts.reduce((length, text) => length + text.length + separator.length, -separator.length));
  return texts.join(separator);
}

function requireShort(length: number): void {
  if (length > MAX_TEXT) throw new Error(`a text grows past ${MAX_TEXT} characters`);
}
