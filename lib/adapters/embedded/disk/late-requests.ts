import { type FSWatcher, readdirSync, rmSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { RepriseError } from '../../../core/errors';
import { exists } from './durable';
import { hasCode } from './has-code';
import type { Layout } from './layout';
import { heldBy, ownersOf } from './lock';
import { PRIVATE_FILE } from './privacy';
import { ownIdentity } from './process-identity';

/** Who has streams in a log that have no files yet, and makes them for whoever needs them. */
export interface LateWriter {
  /** Makes the files of all of its streams, for readers. */
  readonly show: () => Promise<void>;
  /** Makes those of one stream, durably, and lets others have it where it has given it up. */
  readonly yieldUp: (stream: string) => Promise<'free' | 'held'>;
}

/** By directory: those of this process. */
const ownWriters = new Map<string, LateWriter>();

const REQUEST = /^(?:all|([a-z]+)\.([A-Za-z0-9_-]{1,64}))\.\d+-\d+\.ask$/;
const PATIENCE_MS = 15_000;
const LONGEST_PAUSE_MS = 20;

let serial = 0;

/** Answers requests until it is closed. It holds the lock in that directory. */
export function answerRequests(layout: Layout, writer: LateWriter) {
  ownWriters.set(layout.root, writer);
  let answering: Promise<void> = Promise.resolve();
  const look = () => {
    answering = answering.then(() => answerAll(layout, writer)).catch(() => undefined);
  };
  const watcher = watched(layout.late, look);
  look();
  return {
    /** Not every file system tells of changes. */
    look,
    close() {
      watcher?.close();
      if (ownWriters.get(layout.root) === writer) ownWriters.delete(layout.root);
    },
  };
}

function watched(dir: string, look: () => void): FSWatcher | undefined {
  try {
    return watch(dir, { persistent: false }, look).on('error', () => undefined);
  } catch {
    return undefined;
  }
}

/** A request that could not be answered stays: whoever asks waits until this process has ended. */
async function answerAll({ late }: Layout, { show, yieldUp }: LateWriter): Promise<void> {
  for (const name of readdirSync(late)) {
    const [isRequest, kind, id] = REQUEST.exec(name) ?? [];
    if (isRequest === undefined) continue;
    if (kind === undefined) await show();
    else await yieldUp(`${kind}/${id}`);
    rmSync(join(late, name), { force: true });
  }
}

/**
 * Has every stream of a directory stand in files of its own, for whoever reads them: those of a daemon may be in its log only.
 * @throws RepriseError JOB_LOCKED where the daemon does not answer
 */
export async function showLate(layout: Layout, patienceMs = PATIENCE_MS): Promise<void> {
  const own = ownWriters.get(layout.root);
  // One process has such streams at a time.
  if (own) await own.show();
  else await ask(layout, 'all', patienceMs);
}

/**
 * Has this process, where it has a stream in its log only, make the files of it and let go of it.
 * @throws RepriseError JOB_LOCKED where it goes on with the stream
 */
export async function claimOwnLate(layout: Layout, stream: string): Promise<void> {
  if ((await ownWriters.get(layout.root)?.yieldUp(stream)) === 'held') throw heldBy(stream, ownIdentity());
}

/**
 * The same of another process. Whoever calls it has a lock on the stream, and finds that of the other one after it.
 * @throws RepriseError JOB_LOCKED where that goes on with the stream, or does not answer
 */
export async function claimLate(layout: Layout, stream: string): Promise<void> {
  await ask(layout, stream.replace('/', '.'));
  const [owner] = ownersOf(layout.stream(stream).dir);
  if (owner) throw heldBy(stream, owner);
}

/** Resolves when the process that may have late streams has answered, or is no more. */
async function ask(layout: Layout, what: string, patienceMs = PATIENCE_MS): Promise<void> {
  if (ownersOf(layout.late).length === 0) return;
  serial += 1;
  const path = join(layout.late, `${what}.${process.pid}-${serial}.ask`);
  try {
    writeFileSync(path, '', { mode: PRIVATE_FILE, flag: 'wx' });
    await answered(layout, path, patienceMs);
  } catch (error) {
    // It has ended meanwhile, and its directory with it.
    if (!hasCode(error, 'ENOENT')) throw error;
  } finally {
    rmSync(path, { force: true });
  }
}

async function answered(layout: Layout, path: string, patienceMs: number): Promise<void> {
  let pause = 1;
  for (let waited = 0; exists(path); waited += pause) {
    const [owner] = ownersOf(layout.late);
    if (!owner) return;
    if (waited > patienceMs) {
      const message = `process ${owner.pid} has jobs of ${layout.root} that stand in its log only, and does not answer: is it stopped?`;
      throw new RepriseError('JOB_LOCKED', message, { context: { pid: owner.pid } });
    }
    await setTimeout(pause);
    pause = Math.min(2 * pause, LONGEST_PAUSE_MS);
  }
}
