import { type Quoting, scanShell } from '../../core/dag/shell/scan';
import { shellQuote } from '../../core/dag/shell/word';
import { textOf } from './evaluate';
import { type Expression, isLogical } from './expression';
import { pieces } from './interpolate';
import { type Look, wordOf } from './shell';

/** A piece of a text that holds expressions: known before anything runs, told by the shell, or neither. */
export type Part =
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'word';
      readonly word: string;
      readonly source: string;
      /** Texts that stand in the expression itself, and may be its value. */
      readonly own: readonly string[];
    }
  | { readonly kind: 'unknown'; readonly source: string };

export function partsOf(text: string, look: Look): Part[] {
  const parts: Part[] = [];
  for (const piece of pieces(text)) {
    const known = piece.kind === 'text' ? { value: piece.text } : piece.tree && look.known(piece.tree);
    const last = parts.at(-1);
    if (known && last?.kind === 'text') {
      parts[parts.length - 1] = { kind: 'text', text: last.text + textOf(known.value) };
    } else if (known) parts.push({ kind: 'text', text: textOf(known.value) });
    else if (piece.kind === 'expression') {
      const { source } = piece;
      const word = piece.tree && wordOf(piece.tree, look);
      if (word === undefined) parts.push({ kind: 'unknown', source });
      else parts.push({ kind: 'word', word, source, own: piece.tree ? ownTexts(piece.tree) : [] });
    }
  }
  return parts;
}

function ownTexts(tree: Expression): string[] {
  if (tree.kind === 'literal') return [textOf(tree.value)];
  if (isLogical(tree)) return [tree.left, tree.right].flatMap(ownTexts);
  return tree.kind === 'call' && /^(format|join)$/i.test(tree.name) ? tree.args.flatMap(ownTexts) : [];
}

/** The text as a word of the shell; undefined where a part of it is unknown. */
export function wordOfParts(parts: readonly Part[]): string | undefined {
  const words = parts.map((part) => {
    if (part.kind === 'unknown') return undefined;
    return part.kind === 'text' ? shellQuote(part.text) : part.word;
  });
  return words.includes(undefined) ? undefined : words.join('') || "''";
}

/** A script, and what has to be set before it. */
export interface Filled {
  readonly text: string;
  readonly exports: readonly string[];
  /** Expressions that stay in it, and why. */
  readonly stays: readonly { readonly source: string; readonly why: string }[];
}

/** Whether a shell can be made to put a variable in. */
export function isReadable(quoting: Quoting): boolean {
  return !['raw', 'escaped', 'deep'].includes(quoting);
}

const MARK = '\u0001';

/**
 * The script with its expressions put in. Values known only later are variables, in quotes as their places need: GitHub
 * puts the value into the text, where quotes around it do not matter.
 * @param isShell whether the script is for a shell, which reads variables
 */
export function filledScript(parts: readonly Part[], isShell: boolean): Filled {
  const later = parts.filter((part) => part.kind !== 'text');
  const marked = parts
    .map((part) => (part.kind === 'text' ? part.text.replaceAll(MARK, ' ') : MARK))
    .join('');
  const { places } = scanShell(marked, (text, at) =>
    text[at] === MARK ? { name: MARK, to: at + 1 } : undefined,
  );
  const quotingAt = new Map(places.map(({ from, quoting }) => [from, quoting]));
  const exports: string[] = [];
  const stays: { source: string; why: string }[] = [];
  let at = 0;
  const texts = parts.map((part) => {
    const from = at;
    at += part.kind === 'text' ? part.text.length : MARK.length;
    if (part.kind === 'text') return part.text;
    const quoting = quotingAt.get(from);
    const why = whyStays(part, isShell ? quoting : undefined);
    if (part.kind === 'unknown' || why !== undefined) {
      if (quoting !== 'comment' || !isShell) stays.push({ source: part.source, why: why ?? UNKNOWN });
      return `\${{ ${part.source} }}`;
    }
    const reference = referenceTo(part.word) ?? computed(part, later.indexOf(part) + 1, exports);
    return quoting === 'single' ? `'"${reference}"'` : reference;
  });
  return { text: texts.join(''), exports, stays };
}

export const UNKNOWN = 'is only known on GitHub';

/** What a shell takes for more than a text: where it reads words, and within double quotes. */
const CODE = /[&|;<>()$`"'\\#~{}\n]/;
const CODE_IN_QUOTES = /[$`"\\]/;

/** Why a part cannot be a variable of the script; undefined where it can. */
function whyStays(part: Part, quoting: Quoting | undefined): string | undefined {
  if (part.kind !== 'word') return UNKNOWN;
  if (quoting === undefined || !isReadable(quoting)) return 'stands where no shell puts a variable in';
  const code = quoting === 'none' ? CODE : quoting === 'double' ? CODE_IN_QUOTES : undefined;
  const isCode = code !== undefined && part.own.some((text) => code.test(text));
  return isCode ? 'may come to code of the shell, which no variable can hold,' : undefined;
}

/** A variable by itself needs no other one. */
function referenceTo(word: string): string | undefined {
  const [, name, otherwise = ''] = /^"\$\{?(\w+)(-\w*|\?)?\}?"$/.exec(word) ?? [];
  if (name === undefined) return undefined;
  return otherwise === '-' ? `\${${name}}` : `\${${name}${otherwise}}`;
}

function computed({ word }: { word: string }, number: number, exports: string[]): string {
  exports.push(`export EXPRESSION_${number}=${word}`);
  return `\${EXPRESSION_${number}}`;
}
