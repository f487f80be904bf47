import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import type { AttemptFiles } from '../disk/attempt-files';
import { PRIVATE_FILE } from '../disk/privacy';
import { GUARD, type GuardSettings, HELD } from './guard';
import type { Start } from './launcher';
import { isPlain } from './plain';

/**
 * The shell around a command. Its arguments are what the attempt's files begin with, the start in milliseconds, and
 * the command. What each line is for:
 * - `umask`: the claim is for us alone; the command gets back the umask it would have.
 * - `set -C`: creating the claim fails when it exists (O_EXCL), so of several wrappers of one attempt one runs.
 * - `trap :`: a signal to the group reaches the command while the wrapper lives on to record how it ended.
 * - The command must not end or change the wrapper: see the variants below.
 * - ` -`: there are no outputs, so that nobody has to look for them.
 * - `kill -9 0`: ends what the command left behind in its group, itself included. The wrapper leads the group
 *   and is alive, so the number cannot have gone to another group: nobody outside can do this without a race.
 *   The wrapper therefore ends by SIGKILL; another ending means that its exit status could not be written.
 */
const wrapper = (command: string): string => `umask 077
set -C
{ echo "$$ $2" >"$1.claim"; } 2>/dev/null || exit 0
umask ${process.umask().toString(8)}
trap : HUP INT TERM
${command}
s=$?
n=
test -e "$1.outputs" || n=' -'
{ echo "$s$n" >>"$1.claim"; } 2>/dev/null && kill -9 0
exit $s`;

/** The wrapper starts a program with plain words as any shell does. */
const AS_IT_IS = wrapper('$3');
/** Whatever is more has a shell of its own, in which `exit`, `exec`, `set` and `trap` end. */
const IN_SUBSHELL = wrapper('(eval "set +C; shift 3; $3")');
/** In a subshell `$$` is the wrapper, which must not be what a command signals when it means itself. */
const IN_NEW_SHELL = wrapper('/bin/sh -c -- "$3"');

/** What an operator puts around commands is a shell's text: `$4` runs the command in its own `$1`. */
const IN_HOOK = wrapper('/bin/sh -c "$4" sh "$3"');
const GUARDED = wrapper('"$4" --max-semi-space-size=1 -e "$5" -- "$6" "$3"');

/** A process costs 0.2 ms and more, which is much beside a command that does little: a variant for each need. */
function scriptFor(command: string): string {
  if (isPlain(command)) return AS_IT_IS;
  return command.includes('$$') || command.includes('${$}') ? IN_NEW_SHELL : IN_SUBSHELL;
}

export interface Launch {
  readonly files: AttemptFiles;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly command: string;
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** A shell's words in front of the command's own shell, such as `podman run --rm image`. */
  readonly isolate?: string;
  /** For a command with secrets or a user of its own. */
  readonly guard?: GuardSettings;
}

/** What a launcher needs to start the wrapper. Its output goes to files, not pipes, so that it outlives us. */
export function startOf({ files, startedAt, command, env, cwd, isolate, guard }: Launch): Start {
  const start = String(Math.round(startedAt));
  const hook = isolate === undefined ? {} : { script: hookOf(isolate) };
  const [script, ...more] = guard
    ? [GUARDED, process.execPath, GUARD, JSON.stringify({ ...guard, ...hook })]
    : hook.script === undefined
      ? [scriptFor(command)]
      : [IN_HOOK, hook.script];
  const argv = ['/bin/sh', '-c', script, 'sh', files.base, start, command, ...more];
  return { argv, env: guard ? heldBack(env) : env, cwd, stdout: files.stdout, stderr: files.stderr };
}

/** Its shell outlives a signal to the group, as the wrapper does: the command decides when it ends. */
function hookOf(isolate: string): string {
  return `trap : HUP INT TERM\n${isolate} /bin/sh -c -- "$1"`;
}

/** The guard is a Node.js of ours: what is meant for one that the command starts must not change it. */
function heldBack(env: Launch['env']): Launch['env'] {
  return Object.fromEntries(
    Object.entries(env).map(([name, value]) => [name.startsWith('NODE_') ? `${HELD}${name}` : name, value]),
  );
}

/**
 * Starts the wrapper from this process, in a process group of its own.
 * @throws what `spawn` and `open` throw; `pid` is undefined when the process could not be created.
 */
export function launch(what: Launch): ChildProcess {
  const { argv, env, cwd, ...paths } = startOf(what);
  const [shell, ...args] = argv;
  const stdout = openSync(paths.stdout, 'a', PRIVATE_FILE);
  try {
    const stderr = openSync(paths.stderr, 'a', PRIVATE_FILE);
    try {
      return spawn(shell as string, args, {
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
