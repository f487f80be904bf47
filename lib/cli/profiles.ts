import { readFileSync, rmSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { replaceFile } from '../adapters/embedded/disk/durable';
import { unreadable } from '../adapters/embedded/disk/file-error';
import { hasCode } from '../adapters/embedded/disk/has-code';
import { isOpenToOthers, makePrivateDir } from '../adapters/embedded/disk/privacy';
import { createHints } from '../core/dag/check/nearest';
import { RepriseError } from '../core/errors';
import { LIMITS } from '../core/limits';
import { idSchema } from '../core/model/ids';
import { invalid } from './invalid';

/** The name that no profile may have: this machine, whatever profile is in use. */
export const LOCAL = 'local';

const profileSchema = z.strictObject({
  /** Address of the engine, with the path of its stage where it has one. */
  api: z.url({ protocol: /^https?$/ }),
  /** Where its token is, absolute; without one the token is given each time. */
  tokenFile: z.string().exactOptional(),
});
const fileSchema = z.strictObject({
  /** The profile that commands use where nothing else is said. */
  current: idSchema.exactOptional(),
  profiles: z.record(idSchema, profileSchema),
});

/** An engine by name. */
export type Profile = z.infer<typeof profileSchema>;
type ProfileFile = z.infer<typeof fileSchema>;

/** The profiles of a user; nothing is cached, and each change replaces the file as a whole. */
export interface Profiles {
  /** The file that has them. */
  readonly path: string;
  readonly all: () => ProfileFile;
  /** @throws RepriseError INPUT_INVALID where there is none of this name */
  readonly get: (name: string) => Profile;
  /** Makes one, or changes it. @param token to be kept in a file of its own, in place of `tokenFile`. */
  readonly add: (name: string, profile: Profile, token?: string) => Promise<void>;
  /** `local` ends the use of a profile. @throws RepriseError INPUT_INVALID where there is none of this name */
  readonly use: (name: string) => Promise<void>;
  /** The token that was kept for it goes too. @throws RepriseError INPUT_INVALID where there is none of this name */
  readonly remove: (name: string) => Promise<void>;
  /** Whether the token of a profile is one that is kept here. */
  readonly keepsToken: (name: string, profile: Profile) => boolean;
}

/** Where the profiles of a user are: `$XDG_CONFIG_HOME/reprise`, or `~/.config/reprise`. */
export function profilesOf(env: Readonly<Record<string, string | undefined>>): Profiles {
  const dir = join(env['XDG_CONFIG_HOME'] || join(homedir(), '.config'), 'reprise');
  const path = join(dir, 'profiles.json');
  const tokens = join(dir, 'tokens');
  const tokenOf = (name: string) => join(tokens, name);
  const keepsToken = (name: string, { tokenFile }: Profile) => tokenFile === tokenOf(name);

  async function save(file: ProfileFile): Promise<void> {
    makePrivateDir(dir);
    await replaceFile(path, `${JSON.stringify(file, undefined, 2)}\n`, { durable: false });
  }

  function known(name: string): Profile {
    const { profiles } = readProfiles(path);
    const found = Object.hasOwn(profiles, name) ? profiles[name] : undefined;
    if (found) return found;
    const names = Object.keys(profiles);
    const otherwise = names.length === 0 ? '; there is none yet' : `; there are ${names.join(', ')}`;
    const hint = createHints(LIMITS.idLength ** 2)({ word: name, among: names, otherwise });
    const mend = `\`reprise profile add ${name} --api URL\` makes it`;
    throw invalid(`there is no profile ${JSON.stringify(name)}${hint}: ${mend}`);
  }

  return {
    path,
    keepsToken,
    all: () => readProfiles(path),
    get: known,
    async add(name, profile, token) {
      const file = readProfiles(path);
      const tokenFile = token === undefined ? profile.tokenFile : tokenOf(name);
      if (token !== undefined) {
        makePrivateDir(tokens);
        await replaceFile(tokenOf(name), `${token}\n`, { durable: false });
      }
      const made = { api: profile.api, ...(tokenFile === undefined ? {} : { tokenFile }) };
      await save({ ...file, profiles: { ...file.profiles, [name]: made } });
      if (token === undefined) rmSync(tokenOf(name), { force: true });
    },
    async use(name) {
      const { current: _, ...file } = readProfiles(path);
      if (name !== LOCAL) known(name);
      await save(name === LOCAL ? file : { ...file, current: name });
    },
    async remove(name) {
      known(name);
      const { current, profiles } = readProfiles(path);
      const { [name]: _, ...rest } = profiles;
      await save({ ...(current === undefined || current === name ? {} : { current }), profiles: rest });
      rmSync(tokenOf(name), { force: true });
    },
  };
}

/** @throws RepriseError INPUT_INVALID where the file is damaged */
function readProfiles(path: string): ProfileFile {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return { profiles: {} };
    throw unreadable(path, error);
  }
  try {
    return fileSchema.parse(JSON.parse(text));
  } catch (cause) {
    const message = `${path} is damaged: mend it, or remove it and add the profiles again`;
    throw new RepriseError('INPUT_INVALID', message, { cause });
  }
}

/**
 * Refuses a file of a token that others may read: whoever reads it acts in its name.
 * @throws RepriseError INPUT_INVALID
 */
export function checkTokenFile(path: string): void {
  let mode: number;
  try {
    ({ mode } = statSync(path));
  } catch (cause) {
    throw unreadable(`the token from ${path}`, cause);
  }
  // Windows has no such bits, and shows all of them.
  if (process.platform === 'win32' || !isOpenToOthers({ mode })) return;
  const bits = (mode & 0o777).toString(8).padStart(3, '0');
  throw invalid(
    `${path} holds a token and is open to other users (mode ${bits}): \`chmod 600 ${path}\`, and have a new token issued if it was so for long`,
  );
}
