import { shellWord } from '../core/dag/shell/word';
import { readWords, type Word } from './words';

/** A command of plain words: one program, nothing around it. */
export interface Command {
  readonly text: string;
  /** The program that runs in the end: `jest` of `CI=1 npx --yes jest --ci`; empty where a script hides it. */
  readonly program: string;
  /** What the program is given; of a script, what stands behind its name. */
  readonly args: readonly Word[];
  /** Its arguments reach the program behind `--` only: `npm test`. */
  readonly isScript: boolean;
  /** Where the word of the program, or of the script, ends in the text. */
  readonly to: number;
}

interface Change {
  /** Words of `args` to leave out. */
  readonly drop?: readonly Word[];
  /** Arguments to add, not quoted yet. */
  readonly add: readonly string[];
  /** `front`: in front of all other arguments. */
  readonly where?: 'front' | 'end';
}

/**
 * A command that arguments can be added to. Undefined where it is more than one program with its words: a pipe, a
 * list, a redirection, a substitution. Then nobody knows where arguments would go.
 */
export function parseCommand(text: string): Command | undefined {
  const words = readWords(text);
  if (!words) return undefined;
  const first = words.findIndex((word) => !/^[A-Za-z_]\w*=/.test(word.text));
  if (first < 0) return undefined;
  return programOf(text, words.slice(first));
}

/** The text with words left out and arguments added, each quoted for the shell. */
export function changed({ text, args, isScript, to }: Command, { drop = [], add, where }: Change): string {
  const added = add.map(shellWord);
  let rest = text.trimEnd();
  for (const word of [...drop].sort((a, b) => b.from - a.from)) {
    rest = `${rest.slice(0, word.from).trimEnd()}${rest.slice(word.to)}`;
  }
  if (where === 'front') return [rest.slice(0, to), ...added].join(' ') + rest.slice(to);
  const needsMark = isScript && added.length > 0 && !args.some((word) => word.text === '--');
  return [rest, ...(needsMark ? ['--'] : []), ...added].join(' ');
}

/** What starts another program, and how many words of its own it has before that. */
const STARTERS: Readonly<Record<string, (words: readonly Word[]) => number | undefined>> = {
  npx: (words) => behindOptions(words, 1),
  bunx: (words) => behindOptions(words, 1),
  pnpm: (words) => (isWord(words[1], 'exec') ? 2 : undefined),
  yarn: (words) => (isWord(words[1], 'exec', 'run') ? 2 : 1),
  npm: (words) => (isWord(words[1], 'exec', 'x') ? behindOptions(words, 2) : undefined),
  poetry: (words) => (isWord(words[1], 'run') ? 2 : undefined),
  uv: (words) => (isWord(words[1], 'run') ? behindOptions(words, 2) : undefined),
  pipenv: (words) => (isWord(words[1], 'run') ? 2 : undefined),
  node: (words) => {
    const at = behindOptions(words, 1);
    return /(^|\/)node_modules\//.test(words[at]?.text ?? '') ? at : undefined;
  },
  // `go tool gotestsum`, `go run gotest.tools/gotestsum@latest`.
  go: (words) => (isWord(words[1], 'tool', 'run') ? 2 : undefined),
  python: ofModule,
  python3: ofModule,
};

function programOf(text: string, words: readonly Word[]): Command | undefined {
  const [head, ...rest] = words;
  if (!head?.isLiteral) return undefined;
  const program = nameOf(head.text);
  if (program === 'npm' && isWord(rest[0], 'test', 't', 'run', 'run-script')) {
    const own = isWord(rest[0], 'test', 't') ? 1 : 2;
    return { text, program: '', args: rest.slice(own), isScript: true, to: rest[own - 1]?.to ?? head.to };
  }
  const at = STARTERS[program]?.(words);
  if (at === undefined || at >= words.length)
    return { text, program, args: rest, isScript: false, to: head.to };
  return programOf(text, words.slice(at));
}

/** `python -m pytest`; anything else it runs is a file of its own. */
function ofModule(words: readonly Word[]): number | undefined {
  const at = words.findIndex((word) => word.text === '-m');
  return at < 0 ? undefined : at + 1;
}

/** Options before a program, their values joined to them: `--yes`, `--package=jest`, and `--` itself. */
function behindOptions(words: readonly Word[], from: number): number {
  let at = from;
  while (words[at]?.text.startsWith('-')) {
    const { text } = words[at] as Word;
    at += ['-p', '--package', '-r', '--require', '--import', '--loader'].includes(text) ? 2 : 1;
  }
  return at;
}

function isWord(word: Word | undefined, ...texts: readonly string[]): boolean {
  return word !== undefined && texts.includes(word.text);
}

function nameOf(path: string): string {
  return (path.split('/').pop() ?? '').replace(/\.(js|cjs|mjs|cmd|exe)$/, '');
}
