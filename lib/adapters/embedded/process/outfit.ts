import { chmodSync, chownSync, closeSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { isNamed } from '../../../core/model/work';
import type { AttemptRequest } from '../../../core/ports/execution';
import type { AttemptFiles } from '../disk/attempt-files';
import { PASSABLE_DIR, PRIVATE_FILE } from '../disk/privacy';
import { attemptEnvironment, baseEnvironment } from './environment';
import type { GuardSettings, RunAs } from './guard';
import type { Launch } from './wrapper';

export interface OutfitOptions {
  /** What commands see besides the few variables listed in `environment.ts`. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** Whom commands run as; us where it is not given. */
  readonly runAs: RunAs | undefined;
  /** A shell's words in front of each command. */
  readonly isolate: string | undefined;
}

/** What attempts of an executor get. */
export interface Outfit {
  /** Makes the directory of attempts passable for those who run as somebody else. */
  readonly open: (files: AttemptFiles) => void;
  /** @throws what the file system throws */
  readonly launchOf: (attempt: Outfitted) => Launch;
}

interface Outfitted {
  readonly files: AttemptFiles;
  readonly startedAt: number;
  readonly command: string;
  readonly request: AttemptRequest;
  /** Its secrets by name. */
  readonly values: Readonly<Record<string, string>>;
  /** What a rerun of tests is told besides. */
  readonly more?: Readonly<Record<string, string>>;
}

export function createOutfit({ env, cwd, runAs, isolate }: OutfitOptions): Outfit {
  const own = process.env;
  const base = baseEnvironment(
    runAs ? { ...own, HOME: runAs.home, USER: runAs.name, SHELL: '/bin/sh', TMPDIR: undefined } : own,
    env,
  );

  function guardOf(files: AttemptFiles, secrets: readonly string[]): { readonly guard?: GuardSettings } {
    if (secrets.length === 0 && !runAs) return {};
    const outputs = secrets.length === 0 ? {} : { outputs: { raw: files.raw, masked: files.outputs } };
    const user = runAs && { runAs: { name: runAs.name, uid: runAs.uid, gid: runAs.gid } };
    return { guard: { base: files.base, secrets, ...outputs, ...user } };
  }

  return {
    open({ dir }) {
      if (!runAs) return;
      for (const each of [dir, dirname(dir), dirname(dirname(dir))]) chmodSync(each, PASSABLE_DIR);
    },
    launchOf({ files, startedAt, command, request, values, more }) {
      const names = Object.keys(values);
      const outputs = names.length > 0 ? files.raw : files.outputs;
      const environment = attemptEnvironment(base, request, { ...files, outputs });
      const variables = { ...environment, ...more, ...values };
      const guarded = guardOf(files, names);
      const isAround = isolate !== undefined || guarded.guard !== undefined;
      if (isAround) createFile(outputs, runAs);
      const named = isAround ? chosen(request.work.variables, values) : [];
      const env = heldBack(variables, named);
      return {
        ...{ files, startedAt, command: `${exports(named)}${command}`, cwd, ...guarded },
        ...(isolate === undefined ? { env } : { env: withNames(env), isolate }),
      };
    },
  };
}

/**
 * Names that a graph chooses are for the command alone: what stands around it, as we or as root, must not read its `LD_PRELOAD`
 * or `CONTAINERS_CONF`. They come to the command's own shell under names of ours, which it exports.
 */
function heldBack(
  variables: Readonly<Record<string, string>>,
  named: readonly string[],
): Readonly<Record<string, string>> {
  if (named.length === 0) return variables;
  const isHeld = new Set(named);
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [isHeld.has(name) ? `${GIVEN}${name}` : name, value]),
  );
}

const GIVEN = 'REPRISE_WITH_';

/** What the graph names, secrets aside: what masks them reads them under their own names. */
function chosen(variables: AttemptRequest['work']['variables'] = {}, secrets: object): string[] {
  return Object.keys(variables).filter((name) => isNamed(name) && !Object.hasOwn(secrets, name));
}

/** Where one is missing, as what stands around the command has not passed it on, the command fails. */
function exports(named: readonly string[]): string {
  return named.map((name) => `export ${name}="\${${GIVEN}${name}?}"; unset ${GIVEN}${name}; `).join('');
}

/** There before the command, for those who have to mount it or may not create it. */
function createFile(path: string, runAs: RunAs | undefined): void {
  closeSync(openSync(path, 'a', PRIVATE_FILE));
  if (runAs) chownSync(path, runAs.uid, runAs.gid);
}

/** `REPRISE_ENV` names what a container does not get from its image. */
function withNames(env: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const names = Object.keys(env).filter((name) => !OF_THE_MACHINE.has(name));
  return { ...env, REPRISE_ENV: names.join(' ') };
}

const OF_THE_MACHINE = new Set(['PATH', 'HOME', 'TMPDIR', 'USER', 'SHELL']);
