import type { Command } from './command';
import type { Word } from './words';

/** What is known of a program's options. Names with their dashes; `-t` and `--testNamePattern` are two. */
export interface OptionTable {
  /** Options whose value is the next word, unless it is joined by `=`. */
  readonly valued: ReadonlySet<string>;
  /** Options that never take the next word. Of one that is in neither list nobody knows. */
  readonly flags: ReadonlySet<string>;
}

export interface Options {
  /** The words of options of these names, with their values. */
  readonly named: (...names: readonly string[]) => readonly Word[];
  /** Words that are surely no options and no values of options. */
  readonly positionals: readonly Word[];
  /** Words that may be positionals, or the value of an option nobody here knows. */
  readonly unsure: readonly Word[];
}

export function tableOf(valued: string, flags: string): OptionTable {
  return { valued: new Set(valued.split(' ')), flags: new Set(flags.split(' ')) };
}

/** The arguments of a command from an index on, told apart as far as the table goes. */
export function optionsOf({ args }: Command, table: OptionTable, from = 0): Options {
  const found: { name: string; words: Word[] }[] = [];
  const [positionals, unsure]: Word[][] = [[], []];
  let isUnknown = false;
  for (let i = from; i < args.length; i++) {
    const word = args[i] as Word;
    const { text } = word;
    if (text === '--') {
      // Behind it are no options of this program; `npm test --` has them there.
      isUnknown = false;
    } else if (text.startsWith('-') && text.length > 1) {
      const [name = '', ...joined] = text.split('=');
      const takesNext = joined.length === 0 && table.valued.has(name) && args[i + 1] !== undefined;
      found.push({ name, words: takesNext ? [word, args[i + 1] as Word] : [word] });
      isUnknown = !takesNext && joined.length === 0 && !isKnown(name, table);
      if (takesNext) i += 1;
    } else {
      (isUnknown ? unsure : positionals)?.push(word);
    }
  }
  return {
    named: (...names) => found.filter(({ name }) => names.includes(name)).flatMap(({ words }) => words),
    positionals: positionals ?? [],
    unsure: unsure ?? [],
  };
}

/** Also short options together, `-vx`, and one with its value, `-n4`. */
function isKnown(name: string, { valued, flags }: OptionTable): boolean {
  if (flags.has(name) || valued.has(name)) return true;
  if (name.startsWith('--')) return false;
  return valued.has(name.slice(0, 2)) || [...name.slice(1)].every((letter) => flags.has(`-${letter}`));
}

/** Why arguments are not known where the shell puts in a variable, which may hold options. */
export function variableIn(words: readonly Word[]): string | undefined {
  const word = words.find(({ text, isLiteral }) => !isLiteral && text.startsWith('$'));
  return word && `what ${word.text} holds is not known`;
}

/** Why to run the failed tests again is not enough: others were left out behind a failure, and no report names them. */
export function earlyStop(options: Pick<Options, 'named'>, ...names: readonly string[]): string | undefined {
  const [option] = options.named(...names);
  return option && `with ${option.text} not every test has run, and the report does not say which`;
}
