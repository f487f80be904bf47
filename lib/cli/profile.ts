import { resolve } from 'node:path';
import type { Command } from 'commander';
import { idSchema } from '../core/model/ids';
import { invalid } from './invalid';
import { parseUrl } from './options';
import { isKeptFile, readToken, TOKEN_FILE_OPTION, type TokenOptions } from './own-token';
import { print } from './print';
import { checkTokenFile, LOCAL, type Profile, profilesOf } from './profiles';

interface Options {
  readonly json?: boolean;
}
interface AddOptions extends Options, TokenOptions {
  readonly api: string;
  readonly use?: boolean;
}

/** A profile as it is printed; its token never is. */
interface Listed {
  readonly name: string;
  readonly api: string;
  /** `kept` in the folder of profiles, in a `file` of the user's, or `none`. */
  readonly token: 'kept' | 'file' | 'none';
  readonly tokenFile?: string;
  /** Whether commands use it where nothing else is said. */
  readonly inUse: boolean;
}

/** `reprise profile ...`: engines by name, for commands that ask one. */
export function registerProfile(program: Command): void {
  const profile = program.command('profile').description('name the engines that commands speak to');
  const add = (usage: string, what: string) =>
    profile.command(usage).description(what).option('--json', 'print one JSON document');
  add('add', 'name an engine, or change what a name stands for')
    .argument('<name>', 'what it is called here', parseName)
    .requiredOption('--api <url>', 'address of the engine', parseUrl('--api'))
    .option(...TOKEN_FILE_OPTION)
    .option('--token <jwt>', 'the token itself, which every user of this machine can see at the start')
    .option('--use', 'and use it from now on')
    .action(addProfile);
  add('use', 'have commands speak to it where nothing else is said')
    .argument('<name>', `a profile; ${LOCAL} is this machine`)
    .action(async (name: string, options: Options) => {
      await profilesOf(process.env).use(name);
      const text = name === LOCAL ? 'commands speak to this machine\n' : `commands speak to ${name}\n`;
      print(options, { current: name }, () => text);
    });
  add('list', 'list the profiles; their tokens are not shown').action((options: Options) => {
    const profiles = listed();
    print(options, { file: profilesOf(process.env).path, profiles }, () => profiles.map(line).join(''));
  });
  add('remove', 'forget a profile, and the token that was kept for it')
    .argument('<name>', 'its name')
    .action(async (name: string, options: Options) => {
      await profilesOf(process.env).remove(name);
      print(options, { name }, () => `profile ${name} is forgotten\n`);
    });
}

/** A token in a file stays there, for whoever renews it; any other is kept in a file of our own. */
async function addProfile(name: string, options: AddOptions): Promise<void> {
  const { api, token, tokenFile, use } = options;
  const profiles = profilesOf(process.env);
  if (tokenFile !== undefined && isKeptFile(tokenFile)) {
    checkTokenFile(tokenFile);
    await profiles.add(name, { api, tokenFile: resolve(tokenFile) });
  } else {
    const isGiven = token !== undefined || tokenFile !== undefined;
    await profiles.add(name, { api }, isGiven ? readToken(options) : undefined);
  }
  if (use) await profiles.use(name);
  const made = listed().find((each) => each.name === name)!;
  print(options, made, line);
}

function listed(): Listed[] {
  const { all, keepsToken } = profilesOf(process.env);
  const { current, profiles } = all();
  const tokenOf = (name: string, profile: Profile) =>
    profile.tokenFile === undefined ? 'none' : keepsToken(name, profile) ? 'kept' : 'file';
  return Object.entries(profiles).map(([name, profile]) => ({
    ...{ name, ...profile, token: tokenOf(name, profile), inUse: name === current },
  }));
}

function line({ name, api, token, tokenFile, inUse }: Listed): string {
  const where = { kept: 'with a token', file: `with the token of ${tokenFile}`, none: 'without a token' };
  return `${inUse ? '*' : ' '} ${name}  ${api}  ${where[token]}\n`;
}

function parseName(text: string): string {
  if (text === LOCAL) throw invalid(`${LOCAL} is the name of this machine: choose another`);
  if (idSchema.safeParse(text).success) return text;
  throw invalid(
    `a profile's name is 1 to 64 letters, digits, hyphens or underscores, not ${JSON.stringify(text)}`,
  );
}
