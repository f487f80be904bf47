import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { type ConnectOptions, withConnection } from '../../../lib/cli/connect';
import { registerDoctor } from '../../../lib/cli/doctor';
import { profilesOf } from '../../../lib/cli/profiles';
import { settleTarget, targetHint } from '../../../lib/cli/target';
import { temporaryDir } from '../../support/e2e-files';

let home: string;
let env: Record<string, string>;
const known = process.env['REPRISE_TOKEN'];

beforeEach(async () => {
  home = temporaryDir();
  env = { XDG_CONFIG_HOME: home };
  delete process.env['REPRISE_TOKEN'];
  const profiles = profilesOf(env);
  await profiles.add('prod', { api: 'https://prod.example.com/v1' }, 'prod-token');
  await profiles.add('lab', { api: 'http://lab.example.com' });
});
afterEach(() => {
  if (known !== undefined) process.env['REPRISE_TOKEN'] = known;
});

/** Which engine a command line speaks to, and where its token would be looked for. */
async function settled(args: readonly string[], variables: Record<string, string> = {}) {
  const program = new Command('reprise').exitOverride();
  let found: (ConnectOptions & { hint: string | undefined }) | undefined;
  const command = withConnection(program.command('ask'));
  command.action((options: ConnectOptions) => {
    found = { ...options, hint: targetHint(command) };
  });
  program.hook('preAction', (_, ran) => settleTarget(ran, { ...env, ...variables }));
  await program.parseAsync(['ask', ...args], { from: 'user' });
  return found!;
}

const PROD = 'https://prod.example.com/v1';
const LAB = 'http://lab.example.com';
const FLAG = 'http://flag.example.com';
const VARIABLE = 'http://variable.example.com';
const all = { REPRISE_API: VARIABLE, REPRISE_PROFILE: 'lab' };

describe('the engine that a command speaks to', () => {
  it('is this machine where nothing says otherwise', async () => {
    expect((await settled([])).api).toBeUndefined();
  });

  it.each<[string, string[], Record<string, string>, string | undefined, string | undefined]>([
    ['--api', ['--api', FLAG], all, 'prod', FLAG],
    ['--profile', ['--profile', 'prod'], all, 'lab', PROD],
    ['--profile, also where --journal is there', ['--profile', 'prod', '--journal', 'x'], all, 'lab', PROD],
    ['--journal, which is this machine', ['--journal', 'x'], all, 'prod', undefined],
    ['--profile local, which is this machine', ['--profile', 'local'], all, 'prod', undefined],
    ['REPRISE_API', [], all, 'prod', VARIABLE],
    ['REPRISE_PROFILE', [], { REPRISE_PROFILE: 'lab' }, 'prod', LAB],
    ['REPRISE_PROFILE=local, which is this machine', [], { REPRISE_PROFILE: 'local' }, 'prod', undefined],
    ['the profile in use', [], {}, 'prod', PROD],
  ])('is that of %s, before all that comes later', async (_, args, variables, current, api) => {
    if (current !== undefined) await profilesOf(env).use(current);
    expect((await settled(args, variables)).api).toBe(api);
  });

  it('is named once', async () => {
    await expect(settled(['--api', FLAG, '--profile', 'prod'])).rejects.toThrow(
      '--api and --profile both say which engine',
    );
  });

  it('has to be an address, and a profile that there is', async () => {
    await expect(settled([], { REPRISE_API: 'prod' })).rejects.toThrow('REPRISE_API is an address such as');
    await expect(settled(['--profile', 'prd'])).rejects.toThrow(
      'there is no profile "prd", did you mean "prod"?',
    );
    await expect(settled(['--profile', 'staging'])).rejects.toThrow(
      '; there are prod, lab: `reprise profile add',
    );
  });

  it('is said after an error, where the command line does not show it', async () => {
    expect((await settled(['--api', FLAG], all)).hint).toBeUndefined();
    expect((await settled(['--profile', 'prod'])).hint).toBeUndefined();
    expect((await settled([], all)).hint).toContain(`asked ${VARIABLE} (REPRISE_API)`);
    await profilesOf(env).use('prod');
    expect((await settled([])).hint).toContain(
      '(profile prod, by reprise profile use); with --profile local',
    );
  });

  it('is asked by doctor only where its command line names it', async () => {
    const program = new Command('reprise').exitOverride();
    registerDoctor(program);
    const doctor = program.commands[0]!.action(() => undefined);
    program.hook('preAction', (_, ran) => settleTarget(ran, { ...env, ...all }));
    await program.parseAsync(['doctor'], { from: 'user' });
    expect(doctor.opts()['api']).toBeUndefined();
    await program.parseAsync(['doctor', '--profile', 'prod'], { from: 'user' });
    expect(doctor.opts()['api']).toBe(PROD);
  });
});

describe('the token', () => {
  it('is that of the profile', async () => {
    const { tokenFile, token } = await settled(['--profile', 'prod']);
    expect(token).toBeUndefined();
    expect(readFileSync(tokenFile!, 'utf8')).toBe('prod-token\n');
  });

  it('of the command line comes before', async () => {
    expect(await settled(['--profile', 'prod', '--token', 't'])).toMatchObject({ token: 't' });
    expect((await settled(['--profile', 'prod', '--token', 't'])).tokenFile).toBeUndefined();
    expect((await settled(['--profile', 'prod', '--token-file', 'f'])).tokenFile).toBe('f');
  });

  it('of a variable comes before that of a profile in use, and never goes to one that is named', async () => {
    await profilesOf(env).use('prod');
    const variable = { REPRISE_TOKEN_FILE: 'elsewhere' };
    expect((await settled([], variable)).tokenFile).toBeUndefined();
    expect((await settled([], { ...variable, REPRISE_PROFILE: 'prod' })).tokenFile).toBeUndefined();
    expect((await settled(['--profile', 'prod'], variable)).tokenFile).toBe(
      join(home, 'reprise/tokens/prod'),
    );
  });

  it('of a profile never goes to another address', async () => {
    await profilesOf(env).use('prod');
    expect((await settled(['--api', FLAG])).tokenFile).toBeUndefined();
    expect((await settled([], { REPRISE_API: VARIABLE })).tokenFile).toBeUndefined();
  });

  it('is refused where others may read its file', async () => {
    const path = join(home, 'reprise/tokens/prod');
    chmodSync(path, 0o640);
    await expect(settled(['--profile', 'prod'])).rejects.toThrow(
      `${path} holds a token and is open to other users (mode 640): \`chmod 600 ${path}\``,
    );
    chmodSync(path, 0o600);
    await expect(settled(['--profile', 'prod'])).resolves.toMatchObject({ api: PROD });
  });
});

describe('profiles', () => {
  it('are for their user alone', () => {
    const modes = ['reprise', 'reprise/profiles.json', 'reprise/tokens', 'reprise/tokens/prod'].map((path) =>
      (statSync(join(home, path)).mode & 0o777).toString(8),
    );
    expect(modes).toEqual(['700', '600', '700', '600']);
    expect(readFileSync(join(home, 'reprise/profiles.json'), 'utf8')).not.toContain('prod-token');
  });

  it('end with the token that was kept for them', async () => {
    const profiles = profilesOf(env);
    await profiles.use('prod');
    await profiles.remove('prod');
    expect(profiles.all()).toEqual({ profiles: { lab: { api: LAB } } });
    expect(existsSync(join(home, 'reprise/tokens/prod'))).toBe(false);
    await expect(profiles.remove('prod')).rejects.toThrow('there is no profile "prod"');
    await expect(profiles.use('prod')).rejects.toThrow('there is no profile "prod"');
  });

  it('keep no older token where they are added without one', async () => {
    await profilesOf(env).add('prod', { api: PROD });
    expect(existsSync(join(home, 'reprise/tokens/prod'))).toBe(false);
    expect((await settled(['--profile', 'prod'])).tokenFile).toBeUndefined();
  });

  it('say so where their file is damaged', () => {
    const other = temporaryDir();
    mkdirSync(join(other, 'reprise'));
    writeFileSync(join(other, 'reprise/profiles.json'), '{"profiles": {"x": {}}}');
    expect(() => profilesOf({ XDG_CONFIG_HOME: other }).all()).toThrow('profiles.json is damaged: mend it');
    writeFileSync(join(other, 'reprise/profiles.json'), 'no');
    expect(() => profilesOf({ XDG_CONFIG_HOME: other }).all()).toThrow('is damaged');
  });
});
