import type { Command } from 'commander';
import { invalid } from './invalid';
import { hasToken } from './own-token';

type Environment = Readonly<Record<string, string | undefined>>;

/** Commands that ask an engine, and whether they do so only where their command line names it. */
const asking = new WeakMap<Command, { readonly onlyNamed: boolean }>();

/** What a command speaks to though its command line does not say so. */
const chosen = new WeakMap<Command, { readonly api: string; readonly by: string }>();

/** Says that a command asks an engine: its `--api` may come from a profile, and but for `onlyNamed` from a variable. */
export function asksEngine(command: Command, { onlyNamed = false } = {}): Command {
  asking.set(command, { onlyNamed });
  return command;
}

/**
 * Works out which engine a command speaks to, and sets its `--api` and where its token is. The first of these that is there
 * counts: `--api`, `--profile`, `--journal` (this machine), `REPRISE_API`, `REPRISE_PROFILE`, the profile in use; else this
 * machine. A token is taken from the command line, from its variables, then from the profile; a profile that the command line
 * names uses no variable, as that may hold the token of another engine.
 * @throws RepriseError INPUT_INVALID
 */
export async function settleTarget(command: Command, env: Environment): Promise<void> {
  const how = asking.get(command);
  if (how === undefined) return;
  const isGiven = (option: string) => command.getOptionValueSource(option) === 'cli';
  if (isGiven('api') && isGiven('profile')) {
    throw invalid('--api and --profile both say which engine: give one of them');
  }
  if (isGiven('api') || (isGiven('journal') && !isGiven('profile'))) return;
  if (isGiven('profile'))
    return useProfile(command, env, { name: command.opts()['profile'], by: '--profile' });
  if (how.onlyNamed) return;
  if (env['REPRISE_API']) {
    const { parseUrl } = await import('./options');
    return speakTo(command, parseUrl('REPRISE_API')(env['REPRISE_API']), 'REPRISE_API');
  }
  const name = env['REPRISE_PROFILE'] || (await currentProfile(env));
  const by = env['REPRISE_PROFILE'] ? 'REPRISE_PROFILE' : 'reprise profile use';
  if (name !== undefined) await useProfile(command, env, { name, by });
}

/** What to say after an error, where the command line itself does not show whom it asked. */
export function targetHint(command: Command): string | undefined {
  const target = chosen.get(command);
  return target && `asked ${target.api} (${target.by}); with --profile local this machine is asked`;
}

async function currentProfile(env: Environment): Promise<string | undefined> {
  return (await import('./profiles')).profilesOf(env).all().current;
}

async function useProfile(
  command: Command,
  env: Environment,
  { name, by }: { readonly name: string; readonly by: string },
): Promise<void> {
  const { LOCAL, checkTokenFile, profilesOf } = await import('./profiles');
  if (name === LOCAL) return;
  const { api, tokenFile } = profilesOf(env).get(name);
  speakTo(command, api, by === '--profile' ? undefined : `profile ${name}, by ${by}`);
  const { token, tokenFile: own } = command.opts();
  const isNamed = token !== undefined || own !== undefined || (by !== '--profile' && hasToken(env));
  if (isNamed || tokenFile === undefined) return;
  checkTokenFile(tokenFile);
  command.setOptionValueWithSource('tokenFile', tokenFile, 'config');
}

function speakTo(command: Command, api: string, by: string | undefined): void {
  command.setOptionValueWithSource('api', api, 'config');
  if (by !== undefined) chosen.set(command, { api, by });
}
