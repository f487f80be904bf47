import { buildProgram } from '../../../lib/cli/commands';
import { blocksOf, commandsOf, isCommands, PAGES, REASONS, strayCommands } from '../../support/docs/blocks';

const blocks = PAGES.flatMap(blocksOf);
const commands = blocks.filter(isCommands);

/** Every `reprise ...` of a page as words, options in brackets included, of several words one. */
function calls(): { place: string; words: string[] }[] {
  return commands.flatMap((block) =>
    commandsOf(block).flatMap((line) =>
      // What stands in quotation marks is one word, whatever it has in it.
      line
        .replace(/'[^']*'|"[^"]*"/g, 'quoted')
        .split(/&&|\|\||[;()]|(?<![\w\]]) ?\|(?= )/)
        .flatMap((part) => {
          const [, call] = /(?:^|\s)(?:npx (?:--no )?)?reprise (.*)$/.exec(part) ?? [];
          if (call === undefined) return [];
          const words = call
            .replace(/\s[<>]\s*\S+|\s&$/g, '')
            .replace(/[[\]]/g, ' ')
            .match(/\S+/g);
          return [{ place: `${block.page}:${block.line}`, words: words ?? [] }];
        }),
    ),
  );
}

describe('the commands of the pages', () => {
  it('stand in fences of sh, and one that no test runs says why', () => {
    expect(PAGES.flatMap(strayCommands)).toEqual([]);
    const allowed = new Set(['', 'daemon', ...Object.keys(REASONS)]);
    const unknown = commands.filter(({ word }) => !allowed.has(word));
    expect(unknown.map(({ page, line, word }) => `${page}:${line}: ${word}`)).toEqual([]);
  });

  it('name commands and options that the command line has', async () => {
    const program = await buildProgram();
    const wrong = calls().flatMap(({ place, words }) => {
      let [command, rest] = [program, words];
      for (;;) {
        const [name = ''] = rest[0]?.split('|') ?? [];
        const next = command.commands.find((each) => each.name() === name);
        if (!next) break;
        [command, rest] = [next, rest.slice(1)];
      }
      if (command === program) return [`${place}: reprise ${words.join(' ')}: no such command`];
      const known = new Set(command.options.flatMap(({ short, long }) => [short, long]));
      const options = rest.filter((word) => /^--?[a-z]/.test(word)).map((word) => word.split(/[=|]/)[0]);
      return options
        .filter((option) => !known.has(option) && option !== '--help')
        .map((option) => `${place}: ${command.name()} has no ${option}`);
    });
    expect(wrong).toEqual([]);
    expect(calls().length).toBeGreaterThan(100);
  });
});
