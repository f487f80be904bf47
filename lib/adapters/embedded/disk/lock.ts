import { closeSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { RepriseError } from '../../../core/errors';
import { addressOf, jobAt, streamOf } from '../../../core/messages/address';
import { openFile } from './durable';
import { hasCode } from './has-code';
import { isAlive, ownIdentity, type ProcessIdentity } from './process-identity';

const LOCK = /^owner-(\d+)-(\d+)\.lock$/;

/** Makes a file that was not there; one that is there is an error with the code EEXIST. */
export type MakeFile = (path: string) => Promise<void> | void;

const makeEmpty: MakeFile = async (path) => closeSync(await openFile(path, 'wx'));

/** The right to work on a directory. Ends with `release`, or with the process. */
export interface JobLock {
  readonly release: () => void;
}

/**
 * Makes this process the only one that runs the job of a directory.
 * @throws RepriseError JOB_LOCKED when a live process holds it.
 */
export function lockJob(dir: string, jobId: string, make: MakeFile = makeEmpty): Promise<JobLock> {
  return lockStream(dir, streamOf(jobAt(jobId)), make);
}

/** As `lockJob`, for whatever a stream belongs to. */
export function lockStream(dir: string, stream: string, make: MakeFile = makeEmpty): Promise<JobLock> {
  return lockDirectory(dir, (owner) => heldBy(stream, owner), make);
}

/** What whoever wants a stream hears of the process that has it. */
export function heldBy(stream: string, { pid }: ProcessIdentity): RepriseError {
  const { kind, id } = addressOf(stream);
  const message =
    kind === 'job'
      ? `job ${id} is being run by process ${pid}: wait until it ends, or stop that process and resume`
      : `${kind} ${id} is held by process ${pid}: stop that process first`;
  return new RepriseError('JOB_LOCKED', message, {
    context: { ...(kind === 'job' ? { jobId: id } : { stream }), pid },
  });
}

/**
 * Makes this process the only one that holds a directory. A process first announces itself with a file that carries
 * its identity in the name, then looks for others: of two that come at once at least one sees the other, so they
 * never both go on, and taking over from a dead owner needs no step that could be raced.
 * @throws what `locked` makes of a live process that holds it.
 */
export async function lockDirectory(
  dir: string,
  locked: (owner: ProcessIdentity) => Error,
  make: MakeFile = makeEmpty,
): Promise<JobLock> {
  const own = ownIdentity();
  const path = ownLock(dir);
  try {
    await make(path);
  } catch (error) {
    if (hasCode(error, 'EEXIST')) throw locked(own);
    throw error;
  }
  for (const name of readdirSync(dir)) {
    const owner = lockOwner(name);
    if (!owner || (owner.pid === own.pid && owner.startedAt === own.startedAt)) continue;
    if (isAlive(owner)) {
      rmSync(path, { force: true });
      throw locked(owner);
    }
    rmSync(join(dir, name), { force: true });
  }
  return { release: () => rmSync(path, { force: true }) };
}

/** Where this process says that it holds a directory. */
export function ownLock(dir: string): string {
  const { pid, startedAt } = ownIdentity();
  return join(dir, `owner-${pid}-${startedAt}.lock`);
}

/** Other processes that hold a directory and live; none of a directory that is not there. */
export function ownersOf(dir: string): readonly ProcessIdentity[] {
  const own = ownIdentity();
  return namesIn(dir).flatMap((name) => {
    const owner = lockOwner(name);
    const isOther = owner && (owner.pid !== own.pid || owner.startedAt !== own.startedAt);
    return isOther && isAlive(owner) ? [owner] : [];
  });
}

function namesIn(dir: string): readonly string[] {
  try {
    return readdirSync(dir);
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return [];
    throw error;
  }
}

/** Whose lock a file is; undefined for one that is no lock. */
export function lockOwner(name: string): ProcessIdentity | undefined {
  const match = LOCK.exec(name);
  return match ? { pid: Number(match[1]), startedAt: match[2] as string } : undefined;
}
