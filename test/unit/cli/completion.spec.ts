import { spawnSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { completions, registerCompletion } from '../../../lib/cli/completion';
import { temporaryDir } from '../../support/e2e-files';

function program(): Command {
  const made = new Command('reprise');
  made
    .command('run')
    .argument('<graph>')
    .option('--json')
    .addOption(new Option('--priority <class>').choices(['high', 'low']));
  made.command('watch').argument('<job>').option('--profile <name>');
  const dlq = made.command('dlq').description('what failed');
  dlq.command('list');
  dlq.command('redrive').argument('<group>').option('--all');
  return made;
}

const names = { job: () => ['j1', 'j2', 'k1'], profile: () => ['prod', 'lab'] };
const valuesOf = async (...words: string[]) =>
  (await completions(program(), words, names))
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith(':'))
    .map((line) => line.split('\t')[0]);

async function scriptOf(...args: string[]): Promise<string> {
  const made = new Command('reprise').exitOverride();
  registerCompletion(made);
  const printed: string[] = [];
  const spy = jest
    .spyOn(process.stdout, 'write')
    .mockImplementation((text) => printed.push(String(text)) > 0);
  await made.parseAsync(['completion', ...args], { from: 'user' });
  spy.mockRestore();
  return printed.join('');
}

describe('what may come next', () => {
  it.each([
    [['ru'], ['run']],
    [
      ['dlq', ''],
      ['list', 'redrive', 'help'],
    ],
    [['run', 'g.yaml', '--pri'], ['--priority']],
    [
      ['run', '--priority', ''],
      ['high', 'low'],
    ],
    [['run', '--priority=h'], ['high']],
    [['dlq', 'redrive', 'g', '--a'], ['--all']],
    [
      ['watch', 'j'],
      ['j1', 'j2'],
    ],
    [
      ['watch', 'j1', '--profile', ''],
      ['prod', 'lab'],
    ],
  ])('after %j is %j', async (words, values) => {
    expect(await valuesOf(...words)).toEqual(values);
  });

  it('where nothing is known is a file', async () => {
    expect(await completions(program(), ['run', ''], names)).toBe(':0\n');
  });
});

describe('the script', () => {
  it.each(['zsh', 'fish'])('for %s asks us', async (shell) => {
    expect(await scriptOf(shell)).toContain('reprise complete --');
  });

  it('is one JSON document with --json', async () => {
    expect(JSON.parse(await scriptOf('bash', '--json'))).toEqual({
      shell: 'bash',
      script: await scriptOf('bash'),
    });
  });

  it('for bash hands over the words as they are, joins what readline takes apart, and evaluates nothing', async () => {
    const dir = temporaryDir();
    writeFileSync(
      join(dir, 'reprise'),
      `#!/bin/sh\nshift 2\nprintf '<%s>' "$@" >> ${dir}/asked\nprintf 'high\\tthe one\\nlow\\t\\n:4\\n'\n`,
    );
    chmodSync(join(dir, 'reprise'), 0o755);
    writeFileSync(join(dir, 'completion'), await scriptOf('bash'));
    const complete = (words: string) =>
      `COMP_WORDS=(${words}); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _reprise_complete; echo " $?" >> ${dir}/asked; echo "\${COMPREPLY[*]}"`;
    const lines = [
      `. ${dir}/completion; . ${dir}/completion`,
      complete("reprise run '$(touch evil)' --priority = h"),
      complete("reprise run 'a b' ''"),
    ];
    const { stdout, stderr } = spawnSync('bash', ['--norc', '-c', lines.join('\n')], {
      ...{ cwd: dir, encoding: 'utf8', env: { PATH: `${dir}:${process.env['PATH']}` } },
    });
    expect(stderr).toBe('');
    expect(stdout).toBe('high low\nhigh low\n');
    const asked = spawnSync('cat', [join(dir, 'asked')], { encoding: 'utf8' }).stdout;
    expect(asked).toBe('<run><$(touch evil)><--priority=h> 0\n<run><a b><> 0\n');
    expect(spawnSync('ls', [dir], { encoding: 'utf8' }).stdout).not.toContain('evil');
  });
});
