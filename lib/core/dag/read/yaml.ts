import type { CST, Document, Node, Pair, YAMLMap } from 'yaml';
import { Composer, isMap, isNode, isScalar, isSeq, Lexer, LineCounter, Parser } from 'yaml';
import { LIMITS } from '../../limits';
import { type Finding, type Path, problemsError } from '../check/problems';
import { nestingGuard, tooDeep } from './nesting';

/** Mistakes of syntax shown at most: the first one usually causes the rest. */
const MISTAKES_SHOWN = 10;

export interface ParsedYaml {
  readonly document: Document.Parsed;
  /** Where the text goes on after its end. */
  readonly second: Document.Parsed | undefined;
  readonly lines: LineCounter;
}

type Mistake = Finding & { readonly offset: number };

/** @throws RepriseError GRAPH_SYNTAX, with what is wrong and where. */
export function parseYaml(text: string, source?: string): ParsedYaml {
  const parsed = composeYaml(text, source);
  const mistakes = syntaxMistakes(parsed);
  if (mistakes.length === 0) return parsed;
  const at = new Map<Path, number>(mistakes.map(({ path, offset }) => [path, offset]));
  throw problemsError(mistakes, (path) => positionOf(parsed, at.get(path) ?? 0), source);
}

/** What can be made of a text, or of its beginning. @throws RepriseError GRAPH_SYNTAX where it is nested too deeply. */
export function composeYaml(text: string, source?: string): ParsedYaml {
  const lines = new LineCounter();
  const composer = new Composer({ prettyErrors: false, stringKeys: true, uniqueKeys: false });
  const [document, second] = [...composer.compose(tokens(text, lines, source), true, text.length)];
  return { document: document as Document.Parsed, second: second as Document.Parsed | undefined, lines };
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

function syntaxMistakes({ document, second }: ParsedYaml): Mistake[] {
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
    return document.toJS({ maxAliasCount: LIMITS.aliases });
  } catch (error) {
    if (error instanceof RangeError) throw tooDeep(source);
    if (!(error instanceof ReferenceError)) throw error;
    const message = `${firstLine(error.message)}: write the graph without so many aliases`;
    throw problemsError([{ code: 'GRAPH_SYNTAX', path: [], message }], undefined, source);
  }
}

/** A place of a text: of the path that was looked for, or of the closest thing around it that is there. */
interface Place {
  readonly position: { readonly line: number; readonly column: number };
  readonly isFound: boolean;
}

export function locateIn(parsed: ParsedYaml, path: Path): Place {
  let node: unknown = parsed.document.contents;
  let offset = startOf(node) ?? 0;
  for (const [i, key] of path.entries()) {
    const found = isNode(node) ? child(parsed.document, node, key) : undefined;
    if (!found) return { position: positionOf(parsed, offset), isFound: false };
    node = found.value;
    // The key is the better place to show, except where the value itself is what the complaint is about.
    const isLast = i === path.length - 1;
    offset = (isLast && isScalar(node) ? startOf(node) : undefined) ?? found.start ?? offset;
  }
  return { position: positionOf(parsed, offset), isFound: true };
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
  const pair = pairsOf(target).get(String(key));
  return pair && { value: pair.value, start: startOf(pair.key) };
}

const indexes = new WeakMap<YAMLMap, ReadonlyMap<string, Pair>>();

/** Pairs by key: who asks for the places of many keys must not look through all of them for each. */
function pairsOf(map: YAMLMap): ReadonlyMap<string, Pair> {
  let pairs = indexes.get(map);
  if (!pairs) {
    pairs = new Map(
      map.items.flatMap((pair) => (isScalar(pair.key) ? [[String(pair.key.value), pair]] : [])),
    );
    indexes.set(map, pairs);
  }
  return pairs;
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
