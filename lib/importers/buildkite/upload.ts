/** A part of a text as `buildkite-agent pipeline upload` reads it. */
export type Piece =
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'expansion';
      readonly name: string;
      readonly source: string;
      /** `${NAME:-word}` and `${NAME-word}`. */
      readonly word?: { readonly sign: ':-' | '-'; readonly of: readonly Piece[] };
      /** `${NAME:offset}` and `${NAME:offset:length}`. */
      readonly part?: { readonly offset: number; readonly length: number | undefined };
      /** `${NAME?message}`: without the variable nothing is uploaded. */
      readonly isRequired?: true;
    }
  /** What an upload refuses. */
  | { readonly kind: 'broken'; readonly text: string };

/** A part of a text with what is known put in; `source` is for a shell to read. */
export type Part =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'variable'; readonly name: string; readonly source: string };

/** A variable at upload: its value, `null` where it is not set; undefined where nobody knows. */
export type Lookup = (name: string) => string | null | undefined;

const NAME = /[A-Za-z][A-Za-z0-9_]*/y;

/**
 * Reads `$NAME`, `${NAME}` and its forms, and the escapes `$$` and `\$`. `$(` is left to the shell.
 * @see https://buildkite.com/docs/agent/cli/reference/pipeline#environment-variable-substitution
 */
export function parseUpload(text: string): Piece[] {
  return read(text, 0, false).pieces;
}

function read(text: string, from: number, isWord: boolean): { pieces: Piece[]; end: number } {
  const pieces: Piece[] = [];
  const add = (more: string) => {
    const last = pieces.at(-1);
    if (last?.kind === 'text') pieces[pieces.length - 1] = { kind: 'text', text: last.text + more };
    else pieces.push({ kind: 'text', text: more });
  };
  let at = from;
  while (at < text.length && !(isWord && text[at] === '}')) {
    const two = text.slice(at, at + 2);
    if (two === '\\\\' || two === '$(') add(two);
    else if (two === '$$' || two === '\\$') add('$');
    else if (text[at] !== '$') {
      add(text[at++]!);
      continue;
    } else {
      const piece = expansion(text, at);
      if (piece) pieces.push(piece);
      else add('$');
      at += piece ? ('source' in piece ? piece.source : piece.text).length : 1;
      continue;
    }
    at += 2;
  }
  return { pieces, end: at };
}

type Expansion = Exclude<Piece, { kind: 'text' }>;

function expansion(text: string, at: number): Expansion | undefined {
  const isBraced = text[at + 1] === '{';
  const name = nameAt(text, at + (isBraced ? 2 : 1));
  if (!isBraced) return name === undefined ? undefined : { kind: 'expansion', name, source: `$${name}` };
  const broken = { kind: 'broken', text: '${' } as const;
  if (name === undefined) return broken;
  const after = at + 2 + name.length;
  const found = operation(text, after);
  if (!found || text[found.end] !== '}') return broken;
  const { end, ...more } = found;
  return { kind: 'expansion', name, source: text.slice(at, end + 1), ...more };
}

type Operation = Pick<Extract<Piece, { kind: 'expansion' }>, 'word' | 'part' | 'isRequired'> & {
  readonly end: number;
};

function operation(text: string, at: number): Operation | undefined {
  if (text[at] === '}') return { end: at };
  const sign = /(?::-|[-?])/y;
  sign.lastIndex = at;
  const found = sign.exec(text)?.[0];
  if (found === undefined) {
    const part = /:\s*(-?\d+)\s*(?::\s*(-?\d+)\s*)?/y;
    part.lastIndex = at;
    const [all, offset, length] = part.exec(text) ?? [];
    if (all === undefined) return undefined;
    const of = { offset: Number(offset), length: length === undefined ? undefined : Number(length) };
    return { end: at + all.length, part: of };
  }
  const { pieces, end } = read(text, at + found.length, true);
  return found === '?' ? { end, isRequired: true } : { end, word: { sign: found as ':-' | '-', of: pieces } };
}

function nameAt(text: string, at: number): string | undefined {
  NAME.lastIndex = at;
  return NAME.exec(text)?.[0];
}

/** The text with what is known of variables put in; what is not stays for a shell. */
export function fill(pieces: readonly Piece[], lookup: Lookup): Part[] {
  const parts: Part[] = [];
  for (const part of pieces.flatMap((piece) => partsOf(piece, lookup))) {
    const last = parts.at(-1);
    if (part.kind === 'text' && last?.kind === 'text') {
      parts[parts.length - 1] = { kind: 'text', text: last.text + part.text };
    } else if (part.kind !== 'text' || part.text !== '') parts.push(part);
  }
  return parts;
}

function partsOf(piece: Piece, lookup: Lookup): readonly Part[] {
  if (piece.kind !== 'expansion') return [{ kind: 'text', text: piece.text }];
  const { name, word, part } = piece;
  const value = lookup(name);
  if (value === undefined || (value === null && piece.isRequired)) {
    const source = word ? `\${${name}${word.sign}${sourceOf(fill(word.of, lookup))}}` : piece.source;
    return [{ kind: 'variable', name, source }];
  }
  if (word && (value === null || (value === '' && word.sign === ':-'))) return fill(word.of, lookup);
  return [{ kind: 'text', text: part ? cut(value ?? '', part) : (value ?? '') }];
}

/** A negative number counts from the end. The agent counts bytes, not characters. */
function cut(value: string, { offset, length }: { offset: number; length: number | undefined }): string {
  const bytes = Buffer.from(value);
  const from = Math.min(offset < 0 ? Math.max(0, bytes.length + offset) : offset, bytes.length);
  const end = length === undefined ? bytes.length : length < 0 ? bytes.length + length : from + length;
  return bytes.subarray(from, Math.max(from, end)).toString();
}

function sourceOf(parts: readonly Part[]): string {
  return parts.map((part) => (part.kind === 'text' ? part.text : part.source)).join('');
}

/** The text, where all of it is known. */
export function knownText(parts: readonly Part[]): string | undefined {
  return parts.every(({ kind }) => kind === 'text') ? sourceOf(parts) : undefined;
}

/** The text as if variables that nobody knows were not set, and which ones these are. */
export function assumedText(
  text: string,
  lookup: Lookup,
): { readonly text: string; readonly of: readonly string[] } {
  const pieces = parseUpload(text);
  const open = fill(pieces, lookup).flatMap((part) => (part.kind === 'variable' ? [part.source] : []));
  const filled = fill(pieces, (name) => lookup(name) ?? null);
  return { text: sourceOf(filled), of: open };
}
