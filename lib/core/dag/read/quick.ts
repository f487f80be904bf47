import { LIMITS } from '../../limits';

/**
 * Reads the plain subset of YAML that most graph files keep to: block mappings and lists, one-line flow collections
 * and one-line scalars. Twenty times quicker than the full parser, which stays the authority: whatever is unusual
 * in any way makes this give up, and what it reads is what the full parser reads (a property test compares them).
 * O(length of the text).
 */
export function readQuickly(text: string): { readonly value: unknown } | undefined {
  if (!/^[\n\x20-\x7e]*$/.test(text)) return undefined;
  try {
    const lines = linesOf(text);
    const first = lines[0];
    if (first?.indent !== 0) return undefined;
    const reader: Reader = { lines, at: 0 };
    const value = readBlock(reader, 0, 0);
    return reader.at === lines.length ? { value } : undefined;
  } catch (error) {
    if (error === UNUSUAL) return undefined;
    throw error;
  }
}

const UNUSUAL = Symbol('unusual');

/** Blocks inside each other; the format needs six. */
const DEEPEST = 12;
/** Of a line. A pattern that takes millions of characters may find no room to go back over them. */
const LONGEST = 2 * LIMITS.runLength;

interface Line {
  readonly indent: number;
  readonly content: string;
}

interface Reader {
  readonly lines: Line[];
  at: number;
}

function unusual(): never {
  throw UNUSUAL;
}

/** Lines that hold something; comments of their own are left out. */
function linesOf(text: string): Line[] {
  const lines: Line[] = [];
  for (const raw of text.split('\n')) {
    const content = raw.trim();
    if (content === '' || content.startsWith('#')) continue;
    if (content.length > LONGEST) unusual();
    if (/^(---|\.\.\.|%)/.test(content)) unusual();
    lines.push({ indent: raw.length - raw.trimStart().length, content });
  }
  return lines;
}

function readBlock(reader: Reader, indent: number, depth: number): unknown {
  if (depth > DEEPEST) unusual();
  const isList = /^-( |$)/.test(reader.lines[reader.at]!.content);
  return isList ? readList(reader, indent, depth) : readMapping(reader, indent, depth);
}

function readList(reader: Reader, indent: number, depth: number): unknown[] {
  const list: unknown[] = [];
  for (let line = reader.lines[reader.at]; line?.indent === indent; line = reader.lines[reader.at]) {
    const item = /^-( +)(.+)$/.exec(line.content);
    if (!item) {
      if (line.content.startsWith('-')) unusual();
      break;
    }
    const [, space, content] = item as unknown as [string, string, string];
    if (KEY.test(content)) {
      // A mapping that begins on the line of its hyphen: read its first line as if it had a line of its own.
      const inner = indent + 1 + space.length;
      reader.lines[reader.at] = { indent: inner, content };
      list.push(readMapping(reader, inner, depth + 1));
    } else {
      reader.at++;
      list.push(readValue(content));
    }
    endsAt(reader, indent);
  }
  return list;
}

const KEY = /^([A-Za-z_][A-Za-z0-9_-]*):(?: +(.+))?$/;

function readMapping(reader: Reader, indent: number, depth: number): Record<string, unknown> {
  const mapping: Record<string, unknown> = {};
  for (let line = reader.lines[reader.at]; line?.indent === indent; line = reader.lines[reader.at]) {
    const pair = KEY.exec(line.content);
    if (!pair) {
      if (line.content.startsWith('- ')) break;
      unusual();
    }
    const [, key, content] = pair as unknown as [string, string, string | undefined];
    reader.at++;
    put(mapping, key, content === undefined ? readBelow(reader, indent, depth) : readValue(content));
    endsAt(reader, indent);
  }
  return mapping;
}

/** The value of a key with nothing behind it: the block below, if it is deeper, or a list at the same depth. */
function readBelow(reader: Reader, indent: number, depth: number): unknown {
  const next = reader.lines[reader.at];
  if (!next || next.indent < indent) return null;
  if (next.indent === indent && !next.content.startsWith('- ')) return null;
  return readBlock(reader, next.indent, depth + 1);
}

/** What follows a value must not go on with it. */
function endsAt(reader: Reader, indent: number): void {
  if ((reader.lines[reader.at]?.indent ?? 0) > indent) unusual();
}

function put(mapping: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__' || Object.hasOwn(mapping, key) || WORDS.has(key.toLowerCase())) unusual();
  mapping[key] = value;
}

/** Words that are not text in YAML 1.2. */
const WORDS = new Set(['null', 'true', 'false']);

function readValue(content: string): unknown {
  const quoted = /^"([^"\\]*)"$|^'([^']*)'$/.exec(content);
  if (quoted) return quoted[1] ?? quoted[2];
  if (content.startsWith('[') || content.startsWith('{')) return readFlow(content);
  if (/: |:$| #/.test(content)) unusual();
  return readPlain(content);
}

/** Text that begins like nothing else in YAML, and whole numbers. */
function readPlain(content: string): string | number | boolean | null {
  if (/^[A-Za-z_$/(]/.test(content)) return WORDS.has(content.toLowerCase()) ? unusual() : content;
  if (/^(0|[1-9][0-9]{0,14})$/.test(content)) return Number(content);
  return /^[0-9]+(ms|s|m|h)$/.test(content) ? content : unusual();
}

/** A flow collection that is all of the text: names, numbers and words without quotes or colons in them. */
function readFlow(content: string): unknown {
  const tokens = content.match(/[[\]{},]| *[A-Za-z_][A-Za-z0-9_-]*: +|[^[\]{},]+/g) ?? [];
  let at = 0;
  const value = (depth: number): unknown => {
    const token = tokens[at++] ?? unusual();
    if (depth > DEEPEST) unusual();
    if (token === '[') return items(depth);
    if (token === '{') return pairs(depth);
    const text = token.trim();
    return /["'#:?&*!|>%@`\]},]/.test(text) || text === '' ? unusual() : readPlain(text);
  };
  const skipBlank = () => {
    if (tokens[at] !== undefined && tokens[at]!.trim() === '') at++;
  };
  const separated = (end: string, read: () => void) => {
    skipBlank();
    if (tokens[at] === end) {
      at++;
      return;
    }
    for (;;) {
      skipBlank();
      read();
      skipBlank();
      const token = tokens[at++];
      if (token === end) return;
      if (token !== ',') unusual();
    }
  };
  const items = (depth: number) => {
    const list: unknown[] = [];
    separated(']', () => list.push(value(depth + 1)));
    return list;
  };
  const pairs = (depth: number) => {
    const mapping: Record<string, unknown> = {};
    separated('}', () => {
      const key = /^ *([A-Za-z_][A-Za-z0-9_-]*): +$/.exec(tokens[at++] ?? '')?.[1] ?? unusual();
      put(mapping, key, value(depth + 1));
    });
    return mapping;
  };
  const result = value(0);
  return at === tokens.length ? result : unusual();
}
