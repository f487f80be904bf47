import type { Command } from 'commander';
import { wordsOf } from '../../../lib/cli/audited';
import { buildProgram } from '../../../lib/cli/commands';
import { EXAMPLES } from '../../../lib/cli/examples';

const leaves = (command: Command): Command[] =>
  command.commands.length === 0 ? [command] : command.commands.flatMap(leaves);

/** A line as a shell takes it apart, up to a redirection: no more than examples need. */
function wordsIn(line: string): string[] {
  const [command = ''] = line.split(' > ');
  return [...command.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(([, a, b, c]) => a ?? b ?? c ?? '');
}

const lines = Object.entries(EXAMPLES).flatMap(([words, examples]) =>
  examples.map(([line]) => [line, words] as const),
);

describe('examples', () => {
  it('are there for each command, and for no other', async () => {
    const all = (await buildProgram()).commands.flatMap(leaves).map(wordsOf);
    expect(all.filter((words) => EXAMPLES[words] === undefined)).toEqual([]);
    expect(Object.keys(EXAMPLES).filter((words) => !all.includes(words))).toEqual([]);
  });

  it.each(lines)('%s is taken by the program', async (line, words) => {
    const [program = '', ...args] = wordsIn(line);
    expect(program).toBe('reprise');
    const ran: string[] = [];
    const built = await buildProgram(args[0]!);
    const quiet = (command: Command): void => {
      command.exitOverride().configureOutput({ writeErr: () => undefined });
      command.commands.forEach(quiet);
    };
    quiet(built);
    const spied = (command: Command): void => {
      if (command.commands.length === 0 || command.name() === 'workers')
        command.action(() => void ran.push(wordsOf(command)));
      command.commands.forEach(spied);
    };
    built.commands.forEach(spied);
    await built.parseAsync(args, { from: 'user' });
    expect(ran).toEqual([words === 'workers list' && args.length === 1 ? 'workers' : words]);
  });

  it('stand below the help of their command', async () => {
    const program = await buildProgram('dlq');
    const help: string[] = [];
    const redrive = program.commands[0]!.commands.find((command) => command.name() === 'redrive')!;
    redrive.configureOutput({ writeOut: (text) => void help.push(text) }).outputHelp();
    expect(help.join('')).toContain('Examples:\n  $ reprise dlq redrive GROUP\n      one first;');
  });
});
