import type { Command, Option } from 'commander';
import { wordsOf } from '../../../lib/cli/audited';
import { buildProgram } from '../../../lib/cli/commands';

const SAMPLES: Readonly<Record<string, string>> = {
  ...{ api: 'http://127.0.0.1:1', pool: 'gpu', limit: '3', expires: '14d', maxRunningJobs: '4' },
  ...{ at: '3', from: '2', to: '4', perMinute: '5', key: 'a'.repeat(64), cleanup: '2026-11', slots: '2' },
  ...{ budget: '2', retries: '1', shards: '2', total: '2', timeout: '5' },
};

/** A text that an option takes: one of its words, a sample, or any. */
function sampleOf(option: Option): string {
  const [word = SAMPLES[option.attributeName()] ?? 'x'] = option.argChoices ?? [];
  return word;
}

/** Whether the sample is what the option takes; what it takes is for other tests. */
function isTaken(option: Option): boolean {
  if (!option.required && !option.optional) return true;
  try {
    option.parseArg?.(sampleOf(option), undefined as never);
    return true;
  } catch {
    return false;
  }
}

async function groups(): Promise<readonly Command[]> {
  return (await buildProgram()).commands.filter(({ commands }) => commands.length > 0);
}

/** What a command is given where words are before its name. */
async function given(words: readonly string[], name: string): Promise<Record<string, unknown>> {
  const [first = ''] = words;
  const program = await buildProgram(first);
  const group = program.commands[0] as Command;
  const named = group.commands.find((each) => each.name() === name) as Command;
  const quiet = (command: Command) => command.exitOverride().configureOutput({ writeErr: () => undefined });
  for (const command of [program, group, named]) quiet(command);
  let opts: Record<string, unknown> = {};
  named.action(() => {
    opts = named.opts();
  });
  const mandatory = named.options.filter((option) => option.mandatory && !words.includes(option.long ?? ''));
  const demanded = mandatory.flatMap((option) => [option.long ?? '', sampleOf(option)]);
  const operands = named.registeredArguments.map((argument) => {
    argument.parseArg = (text: string) => text as never;
    return 'x';
  });
  await program.parseAsync(['node', 'reprise', ...words, name, ...operands, ...demanded]);
  return opts;
}

afterEach(() => jest.restoreAllMocks());

describe('options before a subcommand', () => {
  it('are those of all groups of commands', async () => {
    const names = (await groups()).map((group) => group.name());
    expect(names).toEqual(expect.arrayContaining(['workers', 'dlq', 'journal', 'config', 'import', 'queue']));
  });

  it('reach it, whichever command it is', async () => {
    // Some say how long from now.
    jest.spyOn(Date, 'now').mockReturnValue(Date.UTC(2026, 10, 30));
    let tried = 0;
    for (const group of await groups()) {
      for (const named of group.commands) {
        for (const option of named.options.filter(isTaken)) {
          const taken = group.options.find(({ long }) => long === option.long);
          // What means something else in another command of the group cannot stand before them.
          if (!taken) continue;
          const value = option.required || option.optional ? [sampleOf(option)] : [];
          const opts = await given([group.name(), option.long as string, ...value], named.name());
          const parsed = option.negate
            ? false
            : (option.parseArg?.(value[0] ?? '', undefined as never) ?? value[0] ?? true);
          expect([wordsOf(named), option.long, opts[option.attributeName()]]).toEqual([
            ...[wordsOf(named), option.long, parsed],
          ]);
          tried += 1;
        }
      }
    }
    expect(tried).toBeGreaterThan(200);
  });

  it('give way to those behind it', async () => {
    const program = await buildProgram('workers');
    const list = program.commands[0]?.commands.find((each) => each.name() === 'list') as Command;
    let pool: unknown;
    list.action(({ pool: given }) => {
      pool = given;
    });
    await program.parseAsync('node reprise workers --pool before list --pool behind'.split(' '));
    expect(pool).toBe('behind');
  });

  it('are refused where it has none of them', async () => {
    await expect(given(['dlq', '--limit', '3'], 'note')).rejects.toMatchObject({
      message: "error: dlq note has no option '--limit'",
    });
  });
});
