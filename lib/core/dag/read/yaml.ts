import type { CST, Document, Node, Pair } from 'yaml';
import { Composer, isMap, isNode, isScalar, isSeq, Lexer, LineCounter, Parser } from 'yaml';
import { type Finding, type Path, problemsError } from '../check/problems';
import { nestingGuard, tooDeep } from './nesting';

/** Aliases that are expanded at most. An honest graph file has a handful; a bomb has millions. */
const MAX_ALIASES = 1_000;

/** Mistakes of syntax shown at most: the first one usually causes the rest. */
const MISTAKES_SHOWN = 10;

export interface ParsedYaml {
  readonly document: Document.Parsed;
  readonly lines: LineCounter;
}

type Mistake = Finding & { readonly offset: number };

/** @throws RepriseError GRAPH_SYNTAX, with what is wrong and where. */
export function parseYaml(text: string, source?: string): ParsedYaml {
  const lines = new LineCounter();
  const composer = new Composer({ prettyErrors: false, stringKeys: true, uniqueKeys: false });
  const documents = [...composer.compose(tokens(text, lines, source), true, text.length)];
  const parsed: ParsedYaml = { document: documents[0] as Document.Parsed, lines };
  const mistakes = syntaxMistakes(parsed, documents[1] as Document.Parsed | undefined);
  if (mistakes.length === 0) return parsed;
  const at = new Map<Path, number>(mistakes.map(({ path, offset }) => [path, offset]));
  throw problemsError(mistakes, (path) => positionOf(parsed, at.get(path) ?? 0), source);
}

function* tokens(text: string, lines: LineCounter, source?: string): Generator<CST.Token> {
  const parser = new Parser(lines.addNewLine);
  const isShallow = nestingGuard();
  lines.addNewLine(0);
  for (const token of new Lexer().lex(text)) {
    if (!isShallow(token)) throw tooDeep(source);
    yield* parser.next(token);
  }
  yield* parser.end();
}

function syntaxMistakes({ document }: ParsedYaml, second: Document.Parsed | undefined): Mistake[] {
  const found = document.errors
    .slice(0, MISTAKES_SHOWN)
    .map(({ message, pos }) => ({ message, offset: pos[0] }));
  if (second)
    found.push({ message: 'a second document begins here: a file holds one graph', offset: second.range[0] });
  if (found.length === 0) found.push(...duplicateKeys(document));
  return found.map(({ message, offset }) => ({
    code: 'GRAPH_SYNTAX',
    path: [],
    message: firstLine(message),
    offset,
  }));
}

/** The parser's own check compares every key with every other one: too slow for a hostile file. */
function duplicateKeys(document: Document.Parsed): { message: string; offset: number }[] {
  const found: { message: string; offset: number }[] = [];
  const queue: unknown[] = [document.contents];
  while (queue.length > 0 && found.length < MISTAKES_SHOWN) {
    const node = queue.pop();
    if (isSeq(node)) for (const item of node.items) if (!isScalar(item)) queue.push(item);
    if (!isMap(node)) continue;
    const keys = new Set<string>();
    for (const { key, value } of node.items) {
      const name = isScalar(key) ? String(key.value) : '';
      if (keys.has(name)) {
        found.push({ message: `the key ${JSON.stringify(name)} is there twice`, offset: startOf(key) ?? 0 });
      }
      keys.add(name);
      if (!isScalar(value)) queue.push(value);
    }
  }
  return found;
}

/** The document as plain values. @throws RepriseError GRAPH_SYNTAX for a bomb of aliases. */
export function plainValue({ document }: ParsedYaml, source?: string): unknown {
  try {
    return document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch (error) {
    if (error instanceof RangeError) throw tooDeep(source);
    if (!(error instanceof ReferenceError)) throw error;
    const message = `${firstLine(error.message)}: write the graph without so many aliases`;
    throw problemsError([{ code: 'GRAPH_SYNTAX', path: [], message }], undefined, source);
  }
}

/** The place of a path, or of the closest thing around it that is in the text. */
export function locateIn(parsed: ParsedYaml, path: Path): { line: number; column: number } {
  let node: unknown = parsed.document.contents;
  let offset = startOf(node) ?? 0;
  for (const [i, key] of path.entries()) {
    const found = isNode(node) ? child(parsed.document, node, key) : undefined;
    if (!found) break;
    node = found.value;
    // The key is the better place to show, except where the value itself is what the complaint is about.
    const isLast = i === path.length - 1;
    offset = (isLast && isScalar(node) ? startOf(node) : undefined) ?? found.start ?? offset;
  }
  return positionOf(parsed, offset);
}

function child(
  document: Document.Parsed,
  parent: Node,
  key: string | number,
): { value: unknown; start: number | undefined } | undefined {
  const target = 'resolve' in parent ? parent.resolve(document) : parent;
  if (isSeq(target) && typeof key === 'number') {
    const value = target.items[key];
    return value === undefined ? undefined : { value, start: startOf(value) };
  }
  if (!isMap(target)) return undefined;
  const pair = target.items.find(
    (item: Pair) => isScalar(item.key) && String(item.key.value) === String(key),
  );
  return pair && { value: pair.value, start: startOf(pair.key) };
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}

function positionOf({ lines }: ParsedYaml, offset: number): { line: number; column: number } {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(line, 1), column: Math.max(col, 1) };
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? text;
}
