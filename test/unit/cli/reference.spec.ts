import { readFileSync } from 'node:fs';
import { buildProgram, commandGroups, overview, programFor } from '../../../lib/cli/commands';
import { cliReference } from '../../../lib/cli/render/reference';

describe('docs/cli.md', () => {
  it('is as its script writes it (npm run cli-reference)', async () => {
    expect(readFileSync('docs/cli.md', 'utf8')).toBe(cliReference(await buildProgram(), commandGroups()));
  });
});

describe('the overview', () => {
  it('lists every command below its heading, and loads none', () => {
    const help = overview().helpInformation();
    for (const [heading, names] of commandGroups()) {
      expect(help).toContain(`\n${heading}\n`);
      for (const name of names) expect(help).toMatch(new RegExp(`^  ${name}(\\|\\w+)? `, 'm'));
    }
    expect(overview().commands.every((command) => command.options.length === 0)).toBe(true);
  });

  it.each([
    ['run', ['run']],
    ['help run', ['run']],
    ['trigger', ['trigger']],
    ['triggers list', ['trigger']],
  ])('is not needed for `%s`, which knows its command alone', async (line, names) => {
    const program = await programFor(['node', 'reprise', ...line.split(' ')]);
    expect(program.commands.map((command) => command.name())).toEqual(names);
  });

  it.each([
    ['cmpile', '(Did you mean compile?)'],
    ['wacth', '(Did you mean watch?)'],
    ['trigers', 'Did you mean'],
    ['dlq redrve', '(Did you mean redrive?)'],
    ['run g.yaml --slot 4', '(Did you mean --slots?)'],
  ])('`%s`: the nearest is suggested', async (line, hint) => {
    const words = line.split(' ');
    const program = await programFor(['node', 'reprise', ...words]);
    const said: string[] = [];
    for (const each of [
      program,
      ...program.commands,
      ...program.commands.flatMap(({ commands }) => commands),
    ]) {
      each.exitOverride().configureOutput({ writeErr: (text) => void said.push(text) });
    }
    await expect(program.parseAsync(words, { from: 'user' })).rejects.toThrow();
    expect(said.join('')).toContain(hint);
  });
});
