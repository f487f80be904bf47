import { RepriseError } from '../../../core/errors';
import type { AttemptRef } from '../../../core/model/attempt';
import type { AttemptRequest } from '../../../core/ports/execution';
import type { AttemptFiles } from '../disk/attempt-files';

/** What a command sees of our own environment. Credentials and settings of ours stay with us. */
const INHERITED = ['PATH', 'HOME', 'LANG', 'TERM', 'TMPDIR', 'USER', 'SHELL', 'CI'] as const;

type Env = Readonly<Record<string, string | undefined>>;

/** The part of a command's environment that every attempt shares. */
export function baseEnvironment(own: Env, passed: Readonly<Record<string, string>>): Record<string, string> {
  const inherited = INHERITED.flatMap((name) => {
    const value = own[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(inherited), ...passed };
}

/**
 * `REPRISE_OUTPUT` is the file for outputs. Being unique to the attempt it also proves, on Linux, that a process
 * belongs to it: see `liveness.ts`.
 */
export function attemptEnvironment(
  base: Readonly<Record<string, string>>,
  { jobId, nodeId, attempt, work, parameters = {} }: AttemptRef & Pick<AttemptRequest, 'parameters' | 'work'>,
  files: AttemptFiles,
): Record<string, string> {
  const told = Object.entries(parameters).map(([name, value]) => [
    `REPRISE_PARAM_${name.toUpperCase()}`,
    value,
  ]);
  return {
    ...base,
    ...Object.fromEntries(told),
    ...work.variables,
    ...compensation(work),
    REPRISE_JOB: jobId,
    REPRISE_NODE: nodeId,
    REPRISE_ATTEMPT: String(attempt),
    REPRISE_ATTEMPT_ID: `${jobId}/${nodeId}/${attempt}`,
    REPRISE_OUTPUT: files.outputs,
  };
}

/** What a command that undoes an attempt is told of it: docs/rollback.md. */
function compensation(work: AttemptRequest['work']): Record<string, string> {
  if (work.kind !== 'command' || !work.compensates) return {};
  const { attempt, outputs = {} } = work.compensates;
  return { REPRISE_COMPENSATES: String(attempt), REPRISE_OUTPUTS: JSON.stringify(outputs) };
}

/**
 * Reads `--env` arguments: `NAME=VALUE` sets a variable, `NAME` passes ours on when it is set.
 * @throws RepriseError INPUT_INVALID for a name that no shell accepts.
 */
export function parseEnvArguments(args: readonly string[], own: Env): Record<string, string> {
  const passed: Record<string, string> = {};
  for (const arg of args) {
    const at = arg.indexOf('=');
    const name = at < 0 ? arg : arg.slice(0, at);
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
      throw new RepriseError('INPUT_INVALID', `--env ${arg}: write --env NAME or --env NAME=VALUE`);
    }
    if (/^REPRISE_TOKEN(_FILE)?$/.test(name)) {
      throw new RepriseError(
        'INPUT_INVALID',
        `--env ${name}: our own token is not for commands; give one of theirs another name`,
      );
    }
    const value = at < 0 ? own[name] : arg.slice(at + 1);
    if (value !== undefined) passed[name] = value;
  }
  return passed;
}
