import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { main } from '../../../lib/cli/main';
import { temporaryDir } from '../../support/e2e-files';

const dir = temporaryDir();
const at = (name: string) => join(dir, name);
writeFileSync(at('g.yaml'), 'name: g\nnodes: [{ id: a, run: "true" }]\n');

/** What a command line says, and how it ends. */
async function told(...argv: readonly string[]) {
  const out = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
  const err = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  const text = (written: typeof out) => written.mock.calls.map(([each]) => String(each)).join('');
  try {
    await main(['node', 'reprise', ...argv]);
    return { out: text(out), err: text(err), code: process.exitCode };
  } finally {
    process.exitCode = undefined;
    out.mockRestore();
    err.mockRestore();
  }
}

describe('a command line that is wrong', () => {
  it.each([
    ['expain', "unknown command 'expain'\n(Did you mean explain?)", 'reprise --help` lists all commands'],
    ['explain j', "missing required argument 'node'", 'reprise explain --help` shows what it takes'],
    ['logs j a', "too many arguments for 'logs'", 'reprise logs --help` shows what it takes'],
    ['help nosuch', "unknown command 'nosuch'", 'reprise --help` lists all commands'],
    ['dlq redrive', "missing required argument 'group'", 'reprise dlq redrive --help` shows what it takes'],
    ['dlq list --clas x', "unknown option '--clas'\n(Did you mean --class?)", 'reprise dlq list --help`'],
    ['import', "missing required argument 'file'", 'reprise import --help` shows what it takes'],
    ['list --status x', "argument 'x' is invalid. Allowed choices are", 'reprise list --help`'],
  ])('is told what is wrong, and where help is: %s', async (line, what, help) => {
    const { out, err, code } = await told(...line.split(' '));
    expect({ out, err, code }).toEqual({ out: '', err: expect.stringContaining(what), code: 2 });
    expect(err).toMatch(/^reprise: /);
    expect(err).toContain(help);
  });

  it('is told so in a document with --json', async () => {
    const { out } = await told('list', '--nope', '--json');
    expect(JSON.parse(out)).toEqual({ error: { code: 'INPUT_INVALID', message: "unknown option '--nope'" } });
  });
});

describe('help', () => {
  it('is of the command that is named, below others too', async () => {
    expect((await told('help', 'dlq', 'redrive')).out).toMatch(/^Usage: reprise dlq redrive /);
    expect((await told('help', 'run')).out).toMatch(/^Usage: reprise run /);
    expect((await told('help')).out).toMatch(/^Usage: reprise \[options\]/);
  });
});

describe('a file in place of the directory of journals', () => {
  it.each([
    ['compile', at('g.yaml')],
    ['graph', at('g.yaml')],
    ['run', at('g.yaml')],
    ['list'],
    ['flakes'],
    ['audit', 'list'],
    ['journal', 'verify', '--all'],
    ['cleanup', '--dry-run'],
    ['doctor'],
  ])('is called one: %s %s', async (...argv) => {
    for (const journal of [at('g.yaml'), at('g.yaml/below')]) {
      const { out, err, code } = await told(...argv, '--json', '--journal', journal);
      const message = `the journal is kept in a directory, and ${journal} leads to a file: name another by --journal`;
      expect({ code, err }).toEqual({ code: 2, err: `reprise: ${message}\n` });
      expect(JSON.parse(out)).toEqual({ error: { code: 'INPUT_INVALID', message } });
    }
  });
});

describe('what this machine refuses', () => {
  it('is told without a stack, as a file that events cannot be written to', async () => {
    const { err, code } = await told('events', 'schemas', '--out', at('g.yaml'));
    expect({ err, code }).toEqual({
      ...{ code: 2, err: `reprise: cannot make the directory ${at('g.yaml')}: it is a file\n` },
    });
  });

  it('ends a report before anything of it is printed', async () => {
    await told('run', at('g.yaml'), '--job', 'j', '--journal', at('kept'));
    const { out, code } = await told('report', 'j', '--journal', at('kept'), '--json', '--summary', dir);
    const message = `cannot write ${dir}: it is a directory, and a file is wanted`;
    expect(code).toBe(2);
    expect(JSON.parse(out)).toEqual({ error: { code: 'INPUT_INVALID', message } });
  });
});
