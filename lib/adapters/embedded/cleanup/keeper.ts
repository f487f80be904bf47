import { rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AUDIT_KIND } from '../../../core/audit/events';
import { DAY_MS, LEAST_DAYS } from '../../../core/cleanup/retention';
import { assertNever, isRepriseError } from '../../../core/errors';
import { EMPTY_HEAD, type StreamHead } from '../../../core/journal/envelope';
import { jobAt, streamOf } from '../../../core/messages/address';
import type { Archived, Leftover, Storekeeper } from '../../../core/ports/cleanup';
import { makeDir, syncDir } from '../disk/durable';
import { assertStream } from '../disk/journal-check';
import { readHead } from '../disk/journal-head';
import { createFileJournalStore } from '../disk/journal-store';
import type { Layout } from '../disk/layout';
import { lockOwner } from '../disk/lock';
import { lockFree } from '../disk/owned-stream';
import { isAlive } from '../disk/process-identity';
import { createArchives } from './archives';
import { statOf } from './files';
import { jobFacts } from './job-facts';
import { surveyOf, workspaceFacts } from './survey';

export interface KeeperOptions {
  readonly layout: Layout;
  /** When streams are archived, milliseconds since the epoch. */
  readonly clock: () => number;
}

type Remove = (layout: Layout, before: Leftover) => Promise<string | undefined>;

/** What is left over in a journal directory. What goes is out of everybody's way at once, and then removed. */
export function createFileStorekeeper({ layout, clock }: KeeperOptions): Storekeeper {
  return {
    survey: () => surveyOf(layout),
    async remove(before, archived) {
      switch (before.kind) {
        case 'job':
        case 'unsubmittedJob':
          return removeJob({ layout, clock }, before, archived);
        case 'auditDay':
          return removeAuditDay({ layout, clock }, before, archived);
        case 'workspace':
          return removeWorkspace(layout, before);
        case 'graph':
          return removeGraph(layout, before);
        case 'halfRemoved':
          return emptyTrash({ layout, clock }, before);
        case 'lock':
        case 'draft':
          return removeStray(layout, before);
        // Clocks and timers of one process are gone with it.
        case 'clock':
        case 'timer':
          return undefined;
        default:
          return assertNever(before.kind, 'kind of leftover');
      }
    },
  };
}

async function removeJob(
  { layout, clock }: KeeperOptions,
  before: Leftover,
  archived: (what: Archived) => Promise<void>,
): Promise<string | undefined> {
  const { id } = before;
  if (!(await statOf(layout.job(id)))?.isDirectory()) return undefined;
  const lock = await lockFree(layout, streamOf(jobAt(id))).catch((error: unknown) => {
    if (isRepriseError(error, 'JOB_LOCKED')) return error.message;
    throw error;
  });
  if (typeof lock === 'string') return lock;
  try {
    const now = await jobFacts(layout, id);
    const changed = whatChanged(before, now);
    if (changed !== undefined) return changed;
    if (before.kind === 'job') await archive({ layout, clock }, before, archived);
    await discard(layout, layout.job(id), `job.${id}`);
    return undefined;
  } finally {
    lock.release();
  }
}

/** What is of use again stays, and so does what is something else by now. */
function whatChanged(before: Leftover, now: Leftover | undefined): string | undefined {
  if (!now) return 'nobody knows any more what it is';
  if (now.inUse !== undefined) return now.inUse;
  if (now.kind !== before.kind) return 'it is something else by now';
  // Our own lock lies in the directory of a job that was never submitted.
  return now.kind === 'job' && now.idleSince > before.idleSince
    ? 'it has gone on since it was looked at'
    : undefined;
}

/** Who writes to a day that is long over has a clock that is wrong: what comes while it is archived keeps the day here. */
async function removeAuditDay(
  options: KeeperOptions,
  before: Leftover,
  archived: (what: Archived) => Promise<void>,
): Promise<string | undefined> {
  const { layout } = options;
  const stream = `${AUDIT_KIND}/${before.id}`;
  const { dir, head, journal } = layout.stream(stream);
  if (!(await statOf(dir))?.isDirectory()) return undefined;
  // A process that died before its first record.
  if (await statOf(journal)) {
    const { seq } = await archiveStream(options, stream, before, archived);
    if ((await readHead(head))?.seq !== seq) return 'it has gone on since it was looked at';
  }
  await discard(layout, dir, `audit.${before.id}`);
  return undefined;
}

const archive = (options: KeeperOptions, before: Leftover, archived: (what: Archived) => Promise<void>) =>
  archiveStream(options, streamOf(jobAt(before.id)), before, archived);

async function archiveStream(
  { layout, clock }: KeeperOptions,
  stream: string,
  { idleSince, graphs = [] }: Leftover,
  archived: (what: Archived) => Promise<void>,
): Promise<StreamHead> {
  // Before anything is written: what does not verify, a person has to see as it is.
  await assertStream(layout, stream);
  const journal = createFileJournalStore(layout);
  let head = EMPTY_HEAD;
  let endedAt = idleSince;
  for await (const { seq, hash, at } of journal.written(stream)) {
    head = { seq, hash };
    endedAt = at;
  }
  const archives = createArchives(layout);
  for (const hash of graphs) await archives.keepGraph(hash);
  const events = () => journal.written(stream);
  await archived(await archives.keep({ stream, head, events, endedAt, now: clock() }));
  return head;
}

const removeWorkspace: Remove = async (layout, before) => {
  const path = join(layout.root, before.id);
  const agent = dirname(dirname(path));
  const jobId = before.id.slice(before.id.lastIndexOf('/') + 1);
  const now = await workspaceFacts(layout, agent, jobId);
  if (!now) return undefined;
  if (now.inUse !== undefined) return now.inUse;
  if (now.idleSince > before.idleSince) return 'it has gone on since it was looked at';
  await discard(layout, path, `workspace.${jobId}`);
  return undefined;
};

/** A graph that is put again meanwhile is touched: out of the way, it cannot be touched any more, and is looked at. */
const removeGraph: Remove = async (layout, { id, idleSince }) => {
  const path = join(layout.graphs, `${id}.json`);
  const aside = join(layout.trash, `graph.${id}`);
  if (!(await statOf(path))?.isFile()) return undefined;
  await makeDir(layout.trash);
  await rename(path, aside);
  const stat = await statOf(aside);
  if (stat && stat.mtimeMs > idleSince) {
    await rename(aside, path);
    return 'it was put again since it was looked at';
  }
  await rm(aside, { force: true });
  return undefined;
};

/** A graph that was put again just before its removal was interrupted goes back where it is looked for. */
async function emptyTrash({ layout, clock }: KeeperOptions, { id }: Leftover): Promise<string | undefined> {
  const path = join(layout.trash, id);
  const hash = /^graph\.([0-9a-f]{64})$/.exec(id)?.[1];
  const stat = hash === undefined ? undefined : await statOf(path);
  if (stat && clock() - stat.mtimeMs < LEAST_DAYS * DAY_MS) {
    await rename(path, join(layout.graphs, `${hash}.json`));
    return 'it is a graph that was put again';
  }
  await rm(path, { recursive: true, force: true });
  return undefined;
}

const removeStray: Remove = async (layout, { id, kind, idleSince }) => {
  const path = join(layout.root, id);
  const stat = await statOf(path);
  if (!stat) return undefined;
  const owner = kind === 'lock' ? lockOwner(id.slice(id.lastIndexOf('/') + 1)) : undefined;
  if (owner && isAlive(owner)) return `process ${owner.pid} holds it`;
  if (!stat.isFile() || stat.mtimeMs > idleSince) return 'it has changed since it was looked at';
  await rm(path, { force: true });
  return undefined;
};

/** Out of everybody's way in one step that a loss of power does not undo; then for good. Removes links, not what they lead to. */
async function discard({ trash }: Layout, path: string, name: string): Promise<void> {
  await makeDir(trash);
  const aside = join(trash, name);
  // One of the same name may have been left there by a process that died.
  await rm(aside, { recursive: true, force: true });
  await rename(path, aside);
  await syncDir(dirname(path));
  await rm(aside, { recursive: true, force: true });
}
