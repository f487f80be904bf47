import type { Link, Pipeline, Scan, SimpleCommand, Word } from './scan';

/**
 * Which words of a command are code to what it runs. No list of such programs is whole, and none has to be: a value that
 * gets past it is one argument still. This one knows those that people use in the commands of a graph.
 */

const SHELL = /^(a|ba|da|k|mk|z|fi)?sh$/;
/** Programs that run a text given by an option, and the option. */
const INTERPRETERS: readonly (readonly [program: RegExp, option: RegExp])[] = [
  [SHELL, /^-[a-z]*c$/],
  [/^python[\d.]*$/, /^-\w*c$/],
  [/^(node|deno|bun|tsx|ts-node)$/, /^(-e|-p|-pe|--eval|--print)$/],
  [/^(perl|ruby)$/, /^-\w*[eE]$/],
  [/^php$/, /^-r$/],
];
/** Options of theirs whose value is the next word. */
const VALUED = /^([-+][oO]|-r|--require|--import|--loader|--conditions|-C|-I|-W|-X)$/;
/** Programs to whose words a shell is given, wherever they stand. */
const WHOLE = /^(eval|ssh|su|runuser|watch|parallel)$/;
/** Builtins that read expressions or names in their words. */
const BUILTINS = /^(let|trap|\[\[|unset|read|alias)$/;
const DECLARING = /^(export|readonly|declare|typeset|local)$/;
/** Words that end a loop, a choice or a group, whose commands are pipelines of their own. */
const CLOSING = /^(\}|done|fi|esac)$/;

/** What would take the text of a place for code; undefined where nothing does. */
export function codeReader(links: readonly Link[], { pipelines }: Scan): string | undefined {
  for (const link of links) {
    const reader = readerOf(link) ?? inputReader(link.command);
    if (reader !== undefined) return reader;
  }
  // The output of a whole loop: which of the commands before it are in the loop, is not looked at.
  return pipelines.map(loopReader).find((reader) => reader !== undefined);
}

function readerOf({ command, word, before }: Link): string | undefined {
  if (!word || word.isAssignment || word.redirection === 'file') return undefined;
  if (word.redirection === 'input') return stdinReader(command);
  const words = operandsOf(command);
  for (const [k, { text, isLiteral }] of words.entries()) {
    const name = nameOf(text);
    const at = words.indexOf(word);
    if (!isLiteral || at <= k) continue;
    if (WHOLE.test(name)) return name;
    if (k === 0 && BUILTINS.test(name)) return name;
    if (k === 0 && DECLARING.test(name) && !/^[A-Za-z_]\w*\+?=/.test(before)) return name;
    if (k === 0 && /^(\.|source)$/.test(name) && word.isProcess) return name;
    const run = runBy(name, words.slice(k + 1));
    if (run?.code === word || (run?.operand === word && word.isProcess))
      return `${name} ${run.option}`.trim();
  }
  return undefined;
}

interface Run {
  readonly option: string;
  /** The word that is code. */
  readonly code?: Word | undefined;
  /** The file that is run, else it is the standard input. */
  readonly operand?: Word | undefined;
}

/** What an interpreter runs; undefined for other programs. */
function runBy(name: string, words: readonly Word[]): Run | undefined {
  const [, isCode] = INTERPRETERS.find(([program]) => program.test(name)) ?? [];
  if (!isCode) return undefined;
  let option = '';
  for (let i = 0; i < words.length; i++) {
    const word = words[i] as Word;
    const isOption = /^[-+]./.test(word.text);
    const attached = /^(-e|--eval|--print)(?!$)/.exec(word.text)?.[1];
    if (attached !== undefined && !word.isLiteral) return { option: attached, code: word };
    if (!isOption) {
      if (option !== '') return { option, code: word };
      return word.text === '-' && word.isLiteral ? { option } : { option, operand: word };
    }
    if (isCode.test(word.text)) option = word.text;
    else if (VALUED.test(word.text)) i += 1;
  }
  return { option };
}

/** Whoever runs what comes out of a command. */
function inputReader(command: SimpleCommand): string | undefined {
  const { commands } = command.pipeline;
  return commands
    .slice(commands.indexOf(command) + 1)
    .map(stdinReader)
    .find((reader) => reader !== undefined);
}

function loopReader({ commands }: Pipeline): string | undefined {
  const [first] = commands;
  return first && CLOSING.test(first.words[0]?.text ?? '') ? inputReader(first) : undefined;
}

/** The program that runs the standard input of a command. */
function stdinReader(command: SimpleCommand): string | undefined {
  const words = operandsOf(command);
  const isGiven = words.some(({ text }) => /^(xargs|parallel)$/.test(nameOf(text)));
  for (const [k, { text, isLiteral }] of words.entries()) {
    const name = nameOf(text);
    if (!isLiteral) continue;
    if (k === 0 && WHOLE.test(name)) return name;
    const rest = words.slice(k + 1);
    const run = runBy(name, rest);
    if (!run) continue;
    if (isGiven) return `${name} of xargs`;
    const isTold = rest.some((word) => word.isLiteral && /^-[a-z]*s$/.test(word.text));
    if ((!run.code && !run.operand) || (SHELL.test(name) && isTold)) return name;
  }
  return undefined;
}

function operandsOf({ words }: SimpleCommand): readonly Word[] {
  return words.filter(({ isAssignment, redirection }) => !isAssignment && redirection === undefined);
}

function nameOf(text: string): string {
  return text.slice(text.lastIndexOf('/') + 1);
}
