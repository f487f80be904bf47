/** A word of a command, and where it stands in the text. */
export interface Word {
  /** Without quotes. What the shell expands in it stands as it is written. */
  readonly text: string;
  /** The shell expands nothing in it. */
  readonly isLiteral: boolean;
  readonly from: number;
  readonly to: number;
}

/** What makes a shell do more than start one program: lists, pipes, redirections, groups, substitutions. */
const OPERATOR = /[\n;&|<>()`]/;
const BLANK = /[ \t]/;
/** Words that open or close what the shell itself does. */
const RESERVED = new Set(
  [
    '!',
    '{',
    '}',
    '[[',
    'if',
    'then',
    'else',
    'elif',
    'fi',
    'do',
    'done',
    'case',
    'esac',
    'while',
    'until',
  ].concat(['for', 'in', 'function', 'select', 'time', 'exec', 'eval', 'exit', 'cd', 'set', 'export', '.']),
);

interface Reading {
  readonly text: string;
  at: number;
  word: string;
  isLiteral: boolean;
}

/**
 * The words of a command that is one program with its arguments, as a POSIX shell splits them
 * (https://pubs.opengroup.org/onlinepubs/9699919799/utilities/V3_chap02.html, 2.2 and 2.3). Undefined for any other.
 */
export function readWords(text: string): readonly Word[] | undefined {
  const reading: Reading = { text: text.trimEnd(), at: 0, word: '', isLiteral: true };
  const words: Word[] = [];
  for (;;) {
    while (BLANK.test(reading.text[reading.at] ?? '')) reading.at += 1;
    if (reading.at >= reading.text.length) break;
    const from = reading.at;
    reading.word = '';
    reading.isLiteral = true;
    if (!readWord(reading)) return undefined;
    words.push({ text: reading.word, isLiteral: reading.isLiteral, from, to: reading.at });
  }
  return words.length === 0 || RESERVED.has(words[0]?.text ?? '') ? undefined : words;
}

/** False at what this file does not follow. */
function readWord(r: Reading): boolean {
  if (r.text[r.at] === '#') return false;
  while (r.at < r.text.length) {
    const c = r.text[r.at] as string;
    if (BLANK.test(c)) return true;
    if (OPERATOR.test(c)) return false;
    if (c === "'") {
      if (!single(r)) return false;
    } else if (c === '"') {
      if (!double(r)) return false;
    } else if (c === '\\') {
      const next = r.text[r.at + 1];
      if (next === undefined || next === '\n') return false;
      r.word += next;
      r.at += 2;
    } else {
      if (c === '$' && r.text[r.at + 1] === '(') return false;
      if (/[$*?[~]/.test(c)) r.isLiteral = false;
      r.word += c;
      r.at += 1;
    }
  }
  return true;
}

function single(r: Reading): boolean {
  const end = r.text.indexOf("'", r.at + 1);
  if (end < 0) return false;
  r.word += r.text.slice(r.at + 1, end);
  r.at = end + 1;
  return true;
}

function double(r: Reading): boolean {
  r.at += 1;
  while (r.at < r.text.length) {
    const c = r.text[r.at] as string;
    if (c === '"') {
      r.at += 1;
      return true;
    }
    if (c === '`' || (c === '$' && r.text[r.at + 1] === '(')) return false;
    if (c === '$') r.isLiteral = false;
    const escaped = c === '\\' && /["\\$`]/.test(r.text[r.at + 1] ?? '');
    r.word += escaped ? (r.text[r.at + 1] as string) : c;
    r.at += escaped ? 2 : 1;
  }
  return false;
}
