import { existsSync } from 'node:fs';
import type { Failure } from '../../../core/model/failure';
import type { Work } from '../../../core/model/work';
import type { AttemptFiles } from '../disk/attempt-files';
import { clip } from './report';

/** What an attempt runs; undefined for a suite that is not known here. */
export function commandOf(work: Work, suites: Readonly<Record<string, string>>): string | undefined {
  if (work.kind === 'command') return work.run;
  return Object.hasOwn(suites, work.suite) ? suites[work.suite] : undefined;
}

/** Why an attempt ends before its command begins, each with what to do about it. */

export function unknownSuite(work: Work, suites: Readonly<Record<string, string>>): Failure {
  const name = work.kind === 'suite' ? work.suite : '';
  const known = Object.keys(suites).slice(0, 10).join(', ') || 'none';
  return spawnFailure(
    `this worker knows no command for the suite ${name} (it knows: ${known}): add it to the file given with --suites`,
  );
}

export function notStarted(error: unknown, cwd: string): Failure {
  const why = existsSync(cwd) ? (error as Error).message : `the working directory ${cwd} does not exist`;
  return spawnFailure(`the command could not be started: ${why}`);
}

export function notClaimed({ dir }: AttemptFiles): Failure {
  return spawnFailure(`the command was not started: cannot write to ${dir}, is the disk full?`);
}

function spawnFailure(message: string): Failure {
  return { kind: 'spawn', message: clip(message) };
}
