import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import type { AttemptFiles } from './process-files';

/**
 * The shell around a command. What each line is for:
 * - `set -C`: creating the claim fails when it exists (O_EXCL), so of several wrappers of one attempt one runs.
 * - `trap :`: a signal to the group reaches the command while the wrapper lives on to record how it ended.
 * - The command runs in a shell of its own, so that `exit`, `exec`, `set` and `trap` in it end there.
 * - `kill -9 0`: ends what the command left behind in its group, itself included. The wrapper leads the group
 *   and is alive, so the number cannot have gone to another group: nobody outside can do this without a race.
 *   The wrapper therefore ends by SIGKILL; another ending means that its exit status could not be written.
 */
const wrapper = (command: string): string => `set -C
{ echo $$ >"$1/claim"; } 2>/dev/null || exit 0
trap : HUP INT TERM
${command}
s=$?
{ echo $s >"$1/exit"; } 2>/dev/null && kill -9 0
exit $s`;

/** A subshell costs a fork, a new shell also an exec: 0.2 ms of 1.2 ms for a command that does nothing. */
const IN_SUBSHELL = wrapper('(eval "set +C; shift 2; $2")');
/** In a subshell `$$` is the wrapper, which must not be what a command signals when it means itself. */
const IN_NEW_SHELL = wrapper('/bin/sh -c -- "$2"');

export interface Launch {
  readonly files: AttemptFiles;
  readonly command: string;
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}

/**
 * Starts the wrapper in a process group of its own. Its output goes to files, not pipes, so that it outlives us.
 * @throws what `spawn` and `open` throw; `pid` is undefined when the process could not be created.
 */
export function launch({ files, command, env, cwd }: Launch): ChildProcess {
  const script = command.includes('$$') || command.includes('${$}') ? IN_NEW_SHELL : IN_SUBSHELL;
  const stdout = openSync(files.stdout, 'a');
  try {
    const stderr = openSync(files.stderr, 'a');
    try {
      return spawn('/bin/sh', ['-c', script, 'sh', files.dir, command], {
        cwd,
        env,
        detached: true,
        stdio: ['ignore', stdout, stderr],
      });
    } finally {
      closeSync(stderr);
    }
  } finally {
    closeSync(stdout);
  }
}
