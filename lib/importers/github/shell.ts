import { shellQuote } from '../../core/dag/shell/word';
import { isTruthy, type Known, STATUS_FUNCTIONS, textOf } from './evaluate';
import { type Expression, isLogical } from './expression';
import { formatParts } from './functions';
import { asksStatus } from './job-rules';
import type { Helper } from './prelude';
import { type Comparison, compare, numberOf } from './values';

/** A word of a POSIX shell that gives a text, in quotes. */
export interface Word {
  readonly text: string;
  /** Its text has no capitals. */
  readonly isLower?: true;
  /** It stands for one of these, and nobody knows for which: a condition that depends on it is not decided by it. */
  readonly among?: readonly string[];
  /** Where it is null, which equals texts that stand for 0; the text is empty then. */
  readonly isNull?: Test;
  /** The variable that has to be set for it, where nobody knows whether it is. */
  readonly unsure?: string;
  /** Its value is no text: `true` or `false`, or a number. */
  readonly type?: 'boolean' | 'number';
}

/** What a shell can find out while the steps of a job run. */
export interface Look {
  /** The value where it is known before anything runs. */
  readonly known: (tree: Expression) => Known;
  /** What gives the text of a context; undefined where nothing here does. */
  readonly word: (path: readonly string[]) => Word | undefined;
  /** What gives the texts of a list, such as `needs.*.result`. */
  readonly list: (path: readonly string[]) => readonly Word[] | undefined;
  /** What gives a context as JSON. */
  readonly json: (path: readonly string[]) => Word | undefined;
  /** The command needs this function. */
  readonly use: (helper: Helper) => void;
}

/** What counts as true: always, never, or where a command of the shell ends with 0. */
export type Test = boolean | string;

export interface Told {
  readonly test: Test;
  /** Parts of it nobody can tell, and so count as whatever lets it hold. */
  readonly isPartial: boolean;
  /** Variables that count in the same way while they are not set. */
  readonly unsure: readonly string[];
}

/**
 * Whether an expression counts as true, as a command of the shell. What nobody knows here counts as `assumed`: with true,
 * the command holds wherever the expression does, and elsewhere at most too often.
 */
function testOf(tree: Expression, look: Look, assumed = true): Told {
  const known = look.known(tree);
  if (known) return { test: isTruthy(known.value), isPartial: false, unsure: [] };
  if (tree.kind === 'not') {
    const of = testOf(tree.of, look, !assumed);
    return { ...of, test: not(of.test) };
  }
  if (isLogical(tree)) {
    const [a, b] = [testOf(tree.left, look, assumed), testOf(tree.right, look, assumed)];
    return {
      test: joined(tree.op, a.test, b.test),
      isPartial: a.isPartial || b.isPartial,
      unsure: [...a.unsure, ...b.unsure],
    };
  }
  const unsure = new Set<string>();
  const word: Look['word'] = (path) => {
    const found = look.word(path);
    if (found?.unsure !== undefined) unsure.add(found.unsure);
    return found;
  };
  const test = simpleTest(tree, { ...look, word });
  if (test === undefined || typeof test === 'boolean') {
    return { test: test ?? assumed, isPartial: test === undefined, unsure: [] };
  }
  return { test: whereSet(test, unsure, assumed), isPartial: false, unsure: [...unsure] };
}

function whereSet(test: Test, unsure: ReadonlySet<string>, assumed: boolean): Test {
  return [...unsure].reduceRight(
    (inner, name) => joined(assumed ? '||' : '&&', `[ ${assumed ? '-z' : '-n'} "\${${name}+set}" ]`, inner),
    test,
  );
}

function isExact({ isPartial, unsure }: Told): boolean {
  return !isPartial && unsure.length === 0;
}

export interface StepTest extends Told {
  /** It may hold after a cancellation too. */
  readonly outlivesCancel: boolean;
}

/** Whether a step runs, by its `if`: without a function that asks for it, the job must have gone well so far. */
export function stepTest(tree: Expression, look: Look, inRun: (run: string) => Look): StepTest {
  const told = testOf(tree, look);
  if (!asksStatus(tree)) {
    return { ...told, test: joined('&&', 'success', told.test), outlivesCancel: false };
  }
  return { ...told, outlivesCancel: testOf(tree, inRun('cancelled')).test !== false };
}

/** The text of an expression as a word of the shell; undefined where it cannot be told. */
export function wordOf(tree: Expression, look: Look): string | undefined {
  const known = look.known(tree);
  if (known) return shellQuote(textOf(known.value));
  if (tree.kind === 'context') return look.word(tree.path)?.text;
  if (isLogical(tree)) {
    const isOr = tree.op === '||';
    const yes = isOr ? wordIfTrue(tree.left, look) : wordOf(tree.right, look);
    const no = isOr ? wordOf(tree.right, look) : wordIfFalse(tree.left, look);
    return chosen(testOf(tree.left, look), yes, no);
  }
  if (tree.kind === 'call') {
    const word = textCall(tree, look);
    if (word !== undefined) return word;
  }
  return chosen(testOf(tree, look), "'true'", "'false'");
}

function chosen(told: Told, yes: string | undefined, no: string | undefined): string | undefined {
  if (!isExact(told) || yes === undefined || no === undefined) return undefined;
  if (typeof told.test === 'boolean') return told.test ? yes : no;
  return `"$(if ${told.test}; then printf %s ${yes}; else printf %s ${no}; fi)"`;
}

/** Of `a && b` that counts as true, the text is that of `b`. */
function wordIfTrue(tree: Expression, look: Look): string | undefined {
  return wordOf(tree.kind === 'binary' && tree.op === '&&' ? tree.right : tree, look);
}

function wordIfFalse(tree: Expression, look: Look): string | undefined {
  const isText = tree.kind === 'context' && look.word(tree.path)?.type === undefined;
  return isText ? "''" : wordOf(tree, look);
}

type Binary = Extract<Expression, { kind: 'binary' }>;
type Call = Extract<Expression, { kind: 'call' }>;

function simpleTest(tree: Expression, look: Look): Test | undefined {
  if (tree.kind === 'binary') return comparison(tree, look);
  if (tree.kind === 'call' && STATUS_FUNCTIONS.includes(tree.name)) return statusTest(tree, look);
  if (tree.kind === 'call' && SEARCHES[tree.name]) return search(tree, look);
  const typed = typedWord(tree, look);
  if (typed) return withTyped('!=', typed, typed.type === 'number' ? 0 : false, look);
  const word = tree.kind === 'context' || tree.kind === 'call' ? wordOfText(tree, look) : undefined;
  return word && `[ -n ${word.text} ]`;
}

function statusTest({ name, args }: Call, look: Look): string | undefined {
  if (args.length > 0) return undefined;
  if (name === 'always') return 'true';
  look.use(name as Helper);
  return name;
}

/** What is a text and nothing else: it counts as false where it is empty. */
function wordOfText(tree: Expression, look: Look): Word | undefined {
  const known = look.known(tree);
  if (known) return typeof known.value === 'string' ? { text: shellQuote(known.value) } : undefined;
  if (tree.kind === 'context') return typedWord(tree, look) ? undefined : look.word(tree.path);
  const text =
    tree.kind === 'call' ? textCall(tree, look) : isText(tree, look) ? wordOf(tree, look) : undefined;
  return text === undefined ? undefined : { text };
}

/** Whether `a && b` or `a || b` is a text whatever they count as. */
function isText(tree: Expression, look: Look, counts?: boolean): boolean {
  if (tree.kind !== 'binary' || (tree.op !== '&&' && tree.op !== '||')) {
    return tree.kind !== 'binary' && tree.kind !== 'not' && wordOfText(tree, look) !== undefined;
  }
  // Where the whole counts as what its right side alone can give, it is that.
  if (counts === (tree.op === '&&')) return isText(tree.right, look, counts);
  return isText(tree.left, look, tree.op === '||') && isText(tree.right, look);
}

/** Functions that give a text. */
function textCall({ name, args }: Call, look: Look): string | undefined {
  const [first, second] = args;
  if (first === undefined) return undefined;
  if (name === 'tojson') return first.kind === 'context' ? look.json(first.path)?.text : undefined;
  if (name === 'join') {
    const list = first.kind === 'context' ? look.list(first.path) : undefined;
    const between = second ? look.known(second) : { value: ',' };
    return list && between && list.map(({ text }) => text).join(shellQuote(textOf(between.value)));
  }
  if (name !== 'format') return undefined;
  const pattern = look.known(first);
  const words = args.slice(1).map((arg) => wordOf(arg, look));
  if (!pattern || words.includes(undefined)) return undefined;
  const parts = formatted(textOf(pattern.value)).map((part) =>
    typeof part === 'string' ? shellQuote(part) : words[part],
  );
  return parts.length === 0 || parts.includes(undefined) ? undefined : parts.join('');
}

/** Nothing where GitHub refuses the text. */
function formatted(text: string): (string | number)[] {
  try {
    return formatParts(text).filter((part) => part !== '');
  } catch {
    return [];
  }
}

/** Functions that look for one text in another, by what does that here. */
const SEARCHES: Readonly<Record<string, Helper>> = {
  contains: 'contains',
  startswith: 'begins',
  endswith: 'ends',
};

function search({ name, args }: Call, look: Look): Test | undefined {
  const [where, what] = args;
  if (!where || !what) return undefined;
  const tests = name === 'contains' ? itemTests(where, what, look) : undefined;
  if (tests) {
    return tests.every((test) => test !== undefined)
      ? tests.reduce<Test>((all, test) => joined('||', all, test), false)
      : undefined;
  }
  const item = wordOfText(what, look);
  const text = wordOfText(where, look);
  if (!text || !item) return undefined;
  const helper = SEARCHES[name]!;
  look.use(helper);
  return `${helper} ${text.text} ${item.text}`;
}

/** Of a list, whether each of its items is the one that is looked for; undefined for what is no list. */
function itemTests(where: Expression, what: Expression, look: Look): (Test | undefined)[] | undefined {
  const known = look.known(where)?.value;
  if (Array.isArray(known)) {
    return known.map((value) => {
      if (typeof value === 'object' && value !== null) return false;
      return comparison({ op: '==', left: what, right: { kind: 'literal', value } }, look);
    });
  }
  const list = where.kind === 'context' ? look.list(where.path) : undefined;
  const item = wordOfText(what, look);
  return list?.map((word) => item && sameTest(word, item, what, look));
}

function comparison({ op, left, right }: Pick<Binary, 'op' | 'left' | 'right'>, look: Look) {
  const typed = typedWord(left, look) ?? typedWord(right, look);
  if (typed) {
    const isLeft = typedWord(left, look) !== undefined;
    const known = look.known(isLeft ? right : left);
    return known && withTyped(isLeft ? op : (MIRRORED[op] ?? op), typed, known.value, look);
  }
  const [a, b] = [wordOfText(left, look), wordOfText(right, look)];
  const [other, literal] = look.known(left) ? [right, look.known(left)] : [left, look.known(right)];
  const isEqual = op === '==' || op === '!=';
  let test: Test | undefined;
  if (a && b) {
    if (!isEqual) return undefined;
    test = look.known(left) ? sameTest(b, a, left, look) : sameTest(a, b, right, look);
  } else if (literal && (typeof literal.value !== 'object' || literal.value === null)) {
    test = withLiteral({ other, value: literal.value, op, isLeft: other === left }, look);
  }
  return test !== undefined && op === '!=' ? not(test) : test;
}

/** Text beside a number or a boolean is compared as a number; what is true or false, with true or false. */
function withLiteral(
  { other, value, op, isLeft }: { other: Expression; value: unknown; op: string; isLeft: boolean },
  look: Look,
): Test | undefined {
  const isEqual = op === '==' || op === '!=';
  const word = wordOfText(other, look);
  if (word) return asNumber(isEqual ? '==' : isLeft ? op : (MIRRORED[op] as string), word, value, look);
  if (typeof value !== 'boolean' || !isEqual || other.kind === 'context') return undefined;
  const told = testOf(other, look);
  if (!isExact(told) || (other.kind === 'binary' && /^(&&|\|\|)$/.test(other.op))) return undefined;
  return value ? told.test : not(told.test);
}

function asNumber(op: string, word: Word, value: unknown, look: Look): Test {
  const number = numberOf(value);
  if (Number.isNaN(number)) return false;
  look.use('number');
  return `number ${word.text} '${op === '==' ? '=' : op}' ${number}`;
}

interface TypedWord extends Word {
  readonly type: 'boolean' | 'number';
}

function typedWord(tree: Expression, look: Look): TypedWord | undefined {
  if (tree.kind !== 'context' || look.known(tree)) return undefined;
  const word = look.word(tree.path);
  return word?.type === undefined ? undefined : { ...word, type: word.type };
}

function withTyped(op: string, word: TypedWord, value: unknown, look: Look): Test {
  if (op === '!=') return not(withTyped('==', word, value, look));
  if (word.type === 'number') return asNumber(op, word, value, look);
  const [yes, no] = [true, false].map((each) => compare(op as Comparison, each, value)) as [boolean, boolean];
  if (yes === no) return yes;
  const isTrue = `[ ${word.text} = true ]`;
  return yes ? isTrue : not(isTrue);
}

const MIRRORED: Readonly<Record<string, string>> = { '<': '>', '<=': '>=', '>': '<', '>=': '<=' };

/** Whether two texts are the same, without regard to case. @param tree of the second one */
function sameTest(a: Word, b: Word, tree: Expression, look: Look): Test | undefined {
  const known = look.known(tree)?.value;
  if (a.among) return typeof known === 'string' && !a.among.includes(known.toLowerCase()) ? false : undefined;
  if (known === '') return `[ -z ${a.text} ]`;
  const isZero = typeof known === 'string' && numberOf(known) === 0;
  return joined('||', isZero && (a.isNull ?? false), sameText(a, b, known, look));
}

function sameText(a: Word, b: Word, known: unknown, look: Look): Test {
  if (typeof known === 'string' && (a.isLower || known.toLowerCase() === known.toUpperCase())) {
    return `[ ${a.text} = ${shellQuote(known.toLowerCase())} ]`;
  }
  look.use('same');
  return `same ${a.text} ${b.text}`;
}

function not(test: Test): Test {
  if (typeof test === 'boolean') return !test;
  const isList = / (&&|\|\|) /.test(test);
  if (!isList && test.startsWith('! ')) return test.slice(2);
  return `! ${isList ? `{ ${test}; }` : test}`;
}

/** Both, or one of them. What is decided already is left out. */
function joined(op: '&&' | '||', a: Test, b: Test): Test {
  const stops = op === '||';
  if (typeof a === 'boolean') return a === stops ? stops : b;
  if (typeof b === 'boolean') return b === stops ? stops : a;
  const other = stops ? ' && ' : ' || ';
  const [x, y] = [a, b].map((test) => (test.includes(other) ? `{ ${test}; }` : test));
  return `${x} ${op} ${y}`;
}
