import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { decodeJwt } from 'jose';
import { parseEnvArguments } from '../../../lib/adapters/embedded/process/environment';
import { registerAgent } from '../../../lib/cli/agent';
import { registerToken } from '../../../lib/cli/token';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'reprise-cli-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function run(...args: string[]): Promise<unknown> {
  const program = new Command('reprise').exitOverride().configureOutput({ writeErr: () => {} });
  registerAgent(program);
  registerToken(program);
  return program.parseAsync(['node', 'reprise', ...args]);
}

async function printed(...args: string[]): Promise<string> {
  const write = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
  try {
    await run(...args);
    return write.mock.calls.map(([text]) => String(text)).join('');
  } finally {
    write.mockRestore();
  }
}

describe('reprise token', () => {
  it('prints a token of the local issuer and nothing else', async () => {
    const output = await printed(
      'token',
      '--env',
      'local',
      '--state-dir',
      dir,
      '--subject',
      'ann',
      '--ttl',
      '1h',
    );
    expect(output).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
    const { exp = 0, iat = 0, ...claims } = decodeJwt(output.trim());
    expect(claims).toEqual({
      iss: 'https://reprise.local/',
      aud: 'reprise',
      sub: 'ann',
      scope: 'orchestration.jobs',
    });
    expect(exp - iat).toBe(3_600);
  });

  it('is that of a worker of one pool where it is asked for', async () => {
    const output = await printed(
      'token',
      '--env',
      'local',
      '--state-dir',
      dir,
      '--scope',
      'orchestration.worker:gpu',
    );
    expect(decodeJwt(output.trim())).toMatchObject({ scope: 'orchestration.worker:gpu' });
  });

  it('writes the token to a file that only its user can read, and prints nothing', async () => {
    const out = join(dir, 'token');
    expect(await printed('token', '--env', 'local', '--state-dir', dir, '--out', out)).toBe('');
    expect(readFileSync(out, 'utf8')).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
    expect(statSync(out).mode & 0o777).toBe(0o600);
    const nowhere = run('token', '--env', 'local', '--state-dir', dir, '--out', join(dir, 'no', 'dir'));
    await expect(nowhere).rejects.toThrow(/cannot write the token/);
  });

  it('refuses any other deployment, and makes no key', async () => {
    const refused = run('token', '--env', 'prod', '--state-dir', dir);
    await expect(refused).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      message: expect.stringContaining('prod'),
    });
    expect(readdirSync(dir)).toEqual([]);
  });

  it.each([
    ['--scope', 'orchestration.jobs root', 'no scope root'],
    ['--scope', 'orchestration.worker:', 'no scope orchestration.worker:'],
    ['--scope', 'orchestration.jobs:gpu', 'no scope orchestration.jobs:gpu'],
    ['--ttl', 'soon', '--ttl'],
    ['--ttl', '0', '--ttl'],
  ])('refuses %s %s', async (option, value, message) => {
    const refused = run('token', '--env', 'local', '--state-dir', dir, option, value);
    await expect(refused).rejects.toThrow(message);
  });
});

describe('reprise agent', () => {
  const known = process.env['REPRISE_TOKEN'];
  afterEach(() => {
    if (known === undefined) delete process.env['REPRISE_TOKEN'];
    else process.env['REPRISE_TOKEN'] = known;
  });

  it('wants a token', async () => {
    delete process.env['REPRISE_TOKEN'];
    await expect(run('agent', '--api', 'http://api')).rejects.toThrow(/REPRISE_TOKEN/);
  });

  it.each([
    [['--api', 'api.example'], '--api'],
    [['--api', 'http://api', '--slots', '0'], '--slots'],
    [['--api', 'http://api', '--port', '70000'], '--port'],
    [['--api', 'http://api', '--id', 'a/b'], '--id'],
    [['--api', 'http://api', '--labels', 'a b'], '--labels'],
    [['--api', 'http://api', '--resources', 'licences'], '--resources'],
    [['--api', 'http://api', '--resources', 'a=1,a=2'], '--resources'],
    [['--api', 'http://api', '--resources', 'a=0.5'], '--resources'],
    [['--api', 'http://api', '--token', 't', '--env', '1X=2'], '--env 1X=2'],
    [['--api', 'http://api', '--token', 't', '--env', 'REPRISE_TOKEN'], 'not for commands'],
    [['--api', 'http://api', '--token-file', '/no/such/file'], 'no such file'],
    [['--api', 'http://api', '--secret', 'a-b'], '--secret a-b'],
    [['--api', 'http://api', '--secret', 'PATH'], 'commands have anyway'],
    [['--api', 'http://api', '--secret', 'KEY=hunter2'], 'does not belong on a command line'],
    [['--api', 'http://api', '--token', 't', '--run-as', 'no-such-user'], '--run-as no-such-user'],
    [['--api', 'http://api', '--token', 't', '--host', '0.0.0.0'], '--advertise'],
  ])('refuses %j', async (args, message) => {
    await expect(run('agent', ...args)).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      message: expect.stringContaining(message),
    });
  });
});

describe('--env', () => {
  it('sets a variable, or passes one on that is set', () => {
    const own = { TOKEN: 'x=y', OTHER: '1' };
    expect(parseEnvArguments(['TOKEN', 'A=b=c', 'EMPTY=', 'UNSET'], own)).toEqual({
      TOKEN: 'x=y',
      A: 'b=c',
      EMPTY: '',
    });
  });
});
