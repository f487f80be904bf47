import { spawnSync } from 'node:child_process';
import { RepriseError } from '../../../core/errors';
import { programOf } from './as-text';
import type { RunAs } from './guard';

/**
 * The user that commands are to run as.
 * @throws RepriseError INPUT_INVALID where we may not do that, or there is no such user.
 */
export function userNamed(name: string): RunAs {
  if (process.getuid?.() !== 0) {
    throw invalid(
      `--run-as ${name}: only an agent that runs as root can start commands as somebody else: start it as root, or start the whole agent as ${name}`,
    );
  }
  const found = /^[A-Za-z_][\w.-]*\$?$/.test(name)
    ? spawnSync('/bin/sh', ['-c', `id -u "$1" && id -g "$1" && echo ~${name}`, 'sh', name], {
        encoding: 'utf8',
      })
    : undefined;
  const [uid, gid, home = '/'] = found?.stdout.split('\n') ?? [];
  if (found?.status !== 0 || !uid || !gid) throw invalid(`--run-as ${name}: this machine has no such user`);
  if (uid === '0') {
    throw invalid(
      `--run-as ${name}: commands could then do all that the agent can: name a user without rights`,
    );
  }
  return { name, uid: Number(uid), gid: Number(gid), home };
}

/** Becomes a user and enters a directory. Runs as a process of its own, which is given its text. */
function enter(): void {
  const [, name = '', uid = '', gid = '', dir = ''] = process.argv;
  (process as unknown as { initgroups(user: string, group: number): void }).initgroups(name, Number(gid));
  process.setgid?.(Number(gid));
  process.setuid?.(Number(uid));
  process.chdir(dir);
}

/** @throws RepriseError INPUT_INVALID where the user cannot enter one of these directories. */
export function checkReach({ name, uid, gid }: RunAs, dirs: readonly string[]): void {
  for (const dir of dirs) {
    const args = ['-e', programOf({ enter }, 'enter()'), '--', name, String(uid), String(gid), dir];
    if (spawnSync(process.execPath, args, { cwd: '/', env: {} }).status === 0) continue;
    throw invalid(
      `--run-as ${name}: ${name} cannot enter ${dir}, where its commands run or leave their outputs: let others pass through the directories above it, or choose another place (--work-dir, or where the agent is started)`,
    );
  }
}

function invalid(message: string): RepriseError {
  return new RepriseError('INPUT_INVALID', message);
}
