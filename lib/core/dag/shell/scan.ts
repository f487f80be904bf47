/**
 * Where placeholders stand in a shell command: in which quotes, and in which word of which simple command. Follows the
 * token rules of POSIX (https://pubs.opengroup.org/onlinepubs/9699919799/utilities/V3_chap02.html), with what bash adds
 * to quoting. It runs nothing and expands nothing; what it does not know it takes for plain words.
 */

/** `here`: a here-document whose text the shell expands. `raw`: one that it leaves as it is. */
export type Quoting =
  | 'none'
  | 'double'
  | 'here'
  | 'raw'
  | 'single'
  | 'backquote'
  | 'parameter'
  | 'arithmetic'
  | 'escaped'
  | 'deep'
  | 'comment';

export interface Word {
  /** The word without its quotes; what the shell expands in it is left out. */
  text: string;
  /** Nothing in it is expanded. */
  isLiteral: boolean;
  /** It begins `NAME=`, before the command. */
  readonly isAssignment: boolean;
  /** The file of a redirection, or a text for the standard input. */
  readonly redirection?: 'file' | 'input';
  /** It is the output of commands, read as a file: `<(...)`. */
  isProcess?: true;
}

export interface SimpleCommand {
  readonly words: Word[];
  readonly pipeline: Pipeline;
}

export interface Pipeline {
  /** In order, those in parentheses left out: they are pipelines of their own. */
  readonly commands: SimpleCommand[];
}

/** A word of a command, and of the commands around it whose words are made of its output. */
export interface Link {
  readonly command: SimpleCommand;
  readonly word: Word | undefined;
  /** What stands before the placeholder in the word. */
  readonly before: string;
}

export interface Place {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly quoting: Quoting;
  /** From the inside out; none in a comment. */
  readonly links: readonly Link[];
}

export interface Scan {
  readonly places: readonly Place[];
  readonly pipelines: readonly Pipeline[];
}

/** What is looked for at a position: the name and the end of a placeholder that begins there. */
export type PlaceholderAt = (
  text: string,
  at: number,
) => { readonly name: string; readonly to: number } | undefined;

interface HereDocument {
  readonly delimiter: string;
  readonly isRaw: boolean;
  readonly isIndented: boolean;
  readonly command: SimpleCommand;
}

/** O(length), and O(length) more for every level of nesting. */
export function scanShell(text: string, placeholderAt: PlaceholderAt): Scan {
  const scanner: Scanner = {
    text,
    placeholderAt,
    at: 0,
    places: [],
    pipelines: [],
    heres: [],
    outer: [],
    depth: 0,
  };
  while (scanner.at < text.length) {
    commands(scanner);
    // A parenthesis that closes nothing.
    scanner.at += 1;
  }
  return scanner;
}

interface Scanner extends Scan {
  readonly text: string;
  readonly placeholderAt: PlaceholderAt;
  readonly places: Place[];
  readonly pipelines: Pipeline[];
  /** Those whose text begins at the next line. */
  heres: HereDocument[];
  /** The words that the commands at hand make. */
  readonly outer: Link[];
  at: number;
  depth: number;
}

/** Deeper nesting is not followed. */
const MAX_DEPTH = 50;

/** Commands up to a closing parenthesis, which is left; or to the end. */
function commands(s: Scanner): void {
  let pipeline = open(s);
  let command = begin(pipeline);
  let cases = 0;
  const next = (isSamePipeline: boolean) => {
    if (!isSamePipeline) pipeline = open(s);
    command = begin(pipeline);
  };
  while (s.at < s.text.length) {
    const c = s.text[s.at] as string;
    // One that closes nothing ends the list too. In a `case` it ends a pattern.
    if (c === ')' && cases === 0) return;
    if (c === ' ' || c === '\t' || c === '\r') s.at += 1;
    else if (c === '\\' && s.text[s.at + 1] === '\n') s.at += 2;
    else if (c === '\n') {
      s.at += 1;
      for (const here of s.heres.splice(0)) hereText(s, here);
      next(false);
    } else if (c === '#') comment(s);
    else if (c === '|' && s.text[s.at + 1] !== '|') {
      s.at += s.text[s.at + 1] === '&' ? 2 : 1;
      next(true);
    } else if (c === ';' || c === '&' || c === '|' || c === ')') {
      s.at += 1;
      next(false);
    } else if (c === '(') {
      if (s.text[s.at + 1] === '(' && command.words.length === 0) skipTo(s, '))', 'arithmetic', command);
      else nested(s, { command, word: undefined, before: '' });
    } else if (c === '<' || c === '>') redirection(s, command);
    else {
      const made = word(s, command);
      if (made.text === 'case' && command.words.length === 1) cases += 1;
      if (made.text === 'esac' && command.words.length === 1 && cases > 0) cases -= 1;
    }
  }
}

function open(s: Scanner): Pipeline {
  const pipeline: Pipeline = { commands: [] };
  s.pipelines.push(pipeline);
  return pipeline;
}

function begin(pipeline: Pipeline): SimpleCommand {
  const command: SimpleCommand = { words: [], pipeline };
  pipeline.commands.push(command);
  return command;
}

/** `( ... )`, also after `$` and `<`: commands of their own, in what they are a part of. */
function nested(s: Scanner, link: Link): void {
  s.at += 1;
  if (s.depth >= MAX_DEPTH) {
    while (s.at < s.text.length) if (!placed(s, 'deep', link)) s.at += 1;
    return;
  }
  s.depth += 1;
  s.outer.unshift(link);
  commands(s);
  s.outer.shift();
  s.depth -= 1;
  s.at += 1;
}

function comment(s: Scanner): void {
  while (s.at < s.text.length && s.text[s.at] !== '\n') if (!placed(s, 'comment')) s.at += 1;
}

function redirection(s: Scanner, command: SimpleCommand): void {
  const [operator = ''] = /^(<<<|<<-?|<>|>>|>\||[<>]&?)/.exec(s.text.slice(s.at, s.at + 3)) ?? [];
  if ((operator === '<' || operator === '>') && s.text[s.at + 1] === '(') {
    const made: Word = { text: '', isLiteral: false, isAssignment: false, isProcess: true };
    command.words.push(made);
    s.at += 1;
    nested(s, { command, word: made, before: '' });
    return;
  }
  s.at += operator.length;
  while (s.text[s.at] === ' ' || s.text[s.at] === '\t') s.at += 1;
  if (operator === '<<' || operator === '<<-') {
    DELIMITER.lastIndex = s.at;
    const [given = ''] = DELIMITER.exec(s.text) ?? [];
    s.at += given.length;
    const delimiter = given.replace(/\\(.)|['"]/g, '$1');
    s.heres.push({ delimiter, isRaw: /['"\\]/.test(given), isIndented: operator === '<<-', command });
  } else if (!/[\s;&|<>()]/.test(s.text[s.at] ?? ' ')) {
    word(s, command, operator === '<<<' ? 'input' : 'file');
  }
}

const DELIMITER = /(?:\\.|'[^']*'|"[^"]*"|[^\s;&|<>()'"\\])+/y;

/** The text of a here-document, from the beginning of a line to the line that ends it. */
function hereText(s: Scanner, { delimiter, isRaw, isIndented, command }: HereDocument): void {
  const link: Link = { command, word: INPUT, before: '' };
  while (s.at < s.text.length) {
    const end = s.text.indexOf('\n', s.at);
    const line = s.text.slice(s.at, end < 0 ? undefined : end);
    if ((isIndented ? line.replace(/^\t+/, '') : line) === delimiter) {
      s.at += line.length + 1;
      return;
    }
    const to = s.at + line.length;
    while (s.at < to)
      if (!placed(s, isRaw ? 'raw' : 'here', link) && (isRaw || !expansion(s, link))) s.at += 1;
    if (s.text[s.at] === '\n') s.at += 1;
  }
}

const INPUT: Word = { text: '', isLiteral: false, isAssignment: false, redirection: 'input' };

function word(s: Scanner, command: SimpleCommand, redirection?: 'file' | 'input'): Word {
  const isBefore = command.words.every(
    ({ isAssignment, redirection: of }) => isAssignment || of !== undefined,
  );
  const isAssignment = isBefore && /^[A-Za-z_]\w*\+?=/.test(s.text.slice(s.at, s.at + 80));
  const made: Word = { text: '', isLiteral: true, isAssignment, ...(redirection && { redirection }) };
  command.words.push(made);
  const link = (): Link => ({ command, word: made, before: made.text });
  while (s.at < s.text.length && !/[\s;&|<>()]/.test(s.text[s.at] as string)) {
    const c = s.text[s.at] as string;
    if (placed(s, 'none', link())) made.isLiteral = false;
    else if (c === '\\') {
      made.text += s.text[s.at + 1] ?? '';
      s.at += 1;
      if (!placed(s, 'escaped', link())) s.at += 1;
    } else if (c === "'") made.text += quoted(s, link());
    else if (c === '$' && s.text[s.at + 1] === "'") {
      s.at += 1;
      made.text += quoted(s, link(), true);
    } else if (c === '"') double(s, made, link);
    else if (expansion(s, link())) made.isLiteral = false;
    else {
      made.text += c;
      s.at += 1;
    }
  }
  return made;
}

/** The text in single quotes; with `$` before them a backslash escapes. */
function quoted(s: Scanner, link: Link, hasEscapes = false): string {
  const from = s.at + 1;
  s.at = from;
  while (s.at < s.text.length && s.text[s.at] !== "'") {
    if (placed(s, 'single', link)) continue;
    s.at += hasEscapes && s.text[s.at] === '\\' ? 2 : 1;
  }
  s.at += 1;
  return s.text.slice(from, s.at - 1);
}

function double(s: Scanner, made: Word, link: () => Link): void {
  s.at += 1;
  while (s.at < s.text.length && s.text[s.at] !== '"') {
    if (placed(s, 'double', link()) || expansion(s, link())) made.isLiteral = false;
    else {
      if (s.text[s.at] === '\\') {
        s.at += 1;
        if (placed(s, 'escaped', link())) continue;
      }
      made.text += s.text[s.at] ?? '';
      s.at += 1;
    }
  }
  s.at += 1;
}

/** Passes over what begins with `$` or a backquote, where it is more than that; says whether it did. */
function expansion(s: Scanner, link: Link): boolean {
  const { text, at } = s;
  if (text[at] === '`') {
    s.at += 1;
    skipTo(s, '`', 'backquote', link);
    return true;
  }
  if (text[at] !== '$') return false;
  if (text.startsWith('((', at + 1)) skipTo(s, '))', 'arithmetic', link);
  else if (text[at + 1] === '[') skipTo(s, ']', 'arithmetic', link);
  else if (text[at + 1] === '(') {
    s.at += 1;
    nested(s, link);
  } else {
    s.at += 1;
    // `${{ item }}`: the dollar is not a part of it, and would be one of what it becomes.
    if (placed(s, 'escaped', link)) return true;
    if (text[s.at] === '{') skipTo(s, '}', 'parameter', link);
    else s.at += /^(\w+|[@*#?$!-])?/.exec(text.slice(s.at, s.at + 80))?.[0].length ?? 0;
  }
  return true;
}

/** Passes over everything up to `end`, which may stand in it once for every opening. */
function skipTo(s: Scanner, end: string, quoting: Quoting, link: Link | SimpleCommand): void {
  const around = 'words' in link ? { command: link, word: undefined, before: '' } : link;
  const opening = { '))': '((', '}': '{', ']': '[', '`': '' }[end] ?? '';
  let isOpen = opening === '' ? 1 : 0;
  while (s.at < s.text.length) {
    if (placed(s, quoting, around)) continue;
    if (s.text[s.at] === '\\') s.at += 2;
    else if (s.text.startsWith(end, s.at)) {
      s.at += end.length;
      isOpen -= 1;
      if (isOpen <= 0) return;
    } else if (opening !== '' && s.text.startsWith(opening, s.at)) {
      s.at += opening.length;
      isOpen += 1;
    } else s.at += 1;
  }
}

/** Notes the placeholder at the position, and passes over it. */
function placed(s: Scanner, quoting: Quoting, link?: Link): boolean {
  const found = s.placeholderAt(s.text, s.at);
  if (!found) return false;
  const links = link ? [link, ...s.outer] : [];
  s.places.push({ name: found.name, from: s.at, to: found.to, quoting, links });
  s.at = found.to;
  return true;
}
