import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Why a block of commands is not run by the test of the pages. There is no other reason. */
export const REASONS = {
  'needs-aws': 'it speaks to an account of AWS',
  'needs-docker': 'it starts a container',
  'needs-network': 'it fetches packages, or speaks to another system',
  'long-run': 'it takes minutes, as benchmarks do',
  installs: 'it installs what this test runs in; CI begins with it',
  parsed: 'it is about a job, a file or a target of your own; a test holds that the command line takes it',
  'tried-apart': 'another test runs it, as it brings a local cloud up, or runs the example or all tests',
} as const;

/** What a page of Markdown has between fences. */
export interface Block {
  readonly page: string;
  /** Of its first line, from 1. */
  readonly line: number;
  readonly language: string;
  /** What else stands on its fence. */
  readonly word: string;
  readonly text: string;
}

/** The pages that people read: README, CONTRIBUTING, what is in docs and beside the examples. */
export const PAGES = ['README.md', 'CONTRIBUTING.md', ...filesIn('docs'), ...filesIn('examples')];

function filesIn(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return names
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name))
    .sort();
}

export function blocksOf(page: string): Block[] {
  const lines = readFileSync(page, 'utf8').split('\n');
  const blocks: Block[] = [];
  for (let i = 0; i < lines.length; i++) {
    const [, indent, language = '', word = ''] = /^(\s*)```(\S*)\s*(.*)$/.exec(lines[i] ?? '') ?? [];
    if (indent === undefined) continue;
    const end = lines.findIndex((line, at) => at > i && /^\s*```\s*$/.test(line));
    const text = lines.slice(i + 1, end).map((line) => line.slice(indent.length));
    blocks.push({ page, line: i + 2, language, word: word.trim(), text: text.join('\n') });
    i = end;
  }
  return blocks;
}

const COMMAND = /^(npx|npm|reprise|curl|node|aws|pip|python3|bash|sh|kill|touch) /;

/** Lines of commands that stand where nobody would run them: indented, or between fences without a language. */
export function strayCommands(page: string): string[] {
  const fenced = blocksOf(page);
  const stray = fenced
    .filter(({ language, text }) => language === '' && text.split('\n').some((line) => COMMAND.test(line)))
    .map(({ line }) => `${page}:${line}`);
  let isFenced = false;
  const indented = readFileSync(page, 'utf8')
    .split('\n')
    .flatMap((line, i, lines) => {
      if (/^\s*```/.test(line)) isFenced = !isFenced;
      const isCode = !isFenced && /^ {4}\S/.test(line) && lines[i - 1]?.trim() === '';
      return isCode && COMMAND.test(line.trim()) ? [`${page}:${i + 1}`] : [];
    });
  return [...stray, ...indented];
}

export const isCommands = ({ language }: Block): boolean => language === 'sh' || language === 'console';

/** The commands of a block, one a line: lines that go on are joined, a prompt, a comment and a column of words after them left out. */
export function commandsOf({ text }: Block): string[] {
  return text
    .replace(/\\\n\s*/g, '')
    .replace(/\n\s+(?=[[&|-])/g, ' ')
    .split('\n')
    .map((line) =>
      line
        .replace(/^\$ /, '')
        .replace(/(^|\s+)# .*$/, '')
        .replace(/ {2,}(?=[^\s[&|>-])(?!--).*$/, '')
        .trim(),
    )
    .filter((line) => line !== '');
}
