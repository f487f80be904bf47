import type { JobEvent } from '../../../core/job/events';
import { type JournalLine, parseLine } from '../../../core/journal/line';
import { jobAt, streamOf } from '../../../core/messages/address';
import { isOver, type JobStatus } from '../../../core/model/outcome';
import { present } from '../../../core/model/present';
import type { Leftover } from '../../../core/ports/cleanup';
import { wholeLines } from '../disk/journal-lines';
import type { Layout } from '../disk/layout';
import { ownersOf } from '../disk/lock';
import { loadRunRecord } from '../disk/run-record';
import { extentOf, statOf } from './files';

/** What the directory of a job says of it; undefined where nothing there is known to be of a job. */
export async function jobFacts(layout: Layout, jobId: string): Promise<Leftover | undefined> {
  const { dir, journal, head } = layout.stream(streamOf(jobAt(jobId)));
  const stat = await statOf(journal);
  const isOurs = stat !== undefined || (await statOf(head)) || (await statOf(layout.run(jobId)));
  if (!isOurs) return undefined;
  const [{ bytes, changedAt }, said] = [await extentOf(dir), await read(journal, jobId)];
  const facts = { id: jobId, bytes, ...present({ inUse: await whyInUse(layout, jobId, said) }) };
  if (said.status === 'new') return { ...facts, kind: 'unsubmittedJob', idleSince: changedAt };
  // Its logs and reports may be read, and touched, long after.
  return { ...facts, kind: 'job', idleSince: stat?.mtimeMs ?? changedAt, graphs: [...said.graphs] };
}

interface Said {
  readonly status: JobStatus;
  /** Whatever may be the hash of a graph. */
  readonly graphs: ReadonlySet<string>;
  /** Why the journal cannot be read. */
  readonly damage?: string;
}

async function whyInUse(
  layout: Layout,
  jobId: string,
  { status, damage }: Said,
): Promise<string | undefined> {
  const [owner] = ownersOf(layout.job(jobId));
  if (owner) return `process ${owner.pid} runs it`;
  if (damage !== undefined) return damage;
  if (status === 'new') return undefined;
  if (!isOver(status)) return 'it is not over';
  const served = await loadRunRecord(layout, jobId).catch(() => undefined);
  return served?.served === 'open' ? 'the next daemon goes on with it' : undefined;
}

/** How the job stands, by its events; the whole journal is verified when it is archived. */
async function read(path: string, jobId: string): Promise<Said> {
  const graphs = new Set<string>();
  let status: JobStatus = 'new';
  try {
    for await (const line of wholeLines(path)) {
      for (const hash of hashesIn(line.text)) graphs.add(hash);
      status = statusAfter(status, line, jobId);
    }
  } catch (error) {
    return { status: 'running', graphs, damage: `its journal cannot be read: ${(error as Error).message}` };
  }
  return { status, graphs };
}

/** Most events do not change it, and need not be parsed for that. */
const CHANGES = /"type":"(?:job\.(?:submitted|resumed|replanned|completed)|rollback\.started)"/;

function statusAfter(before: JobStatus, line: JournalLine, jobId: string): JobStatus {
  if (!CHANGES.test(line.text)) return before;
  const event = parseLine(line, streamOf(jobAt(jobId))) as unknown as JobEvent;
  switch (event.type) {
    case 'job.submitted':
      return 'submitted';
    case 'job.resumed':
    case 'job.replanned':
    case 'rollback.started':
      return 'running';
    case 'job.completed':
      return event.data.status;
    default:
      return before;
  }
}

/**
 * What may be the hash of a graph, wherever in a line it stands, in whichever event. Hashes of events are among them: one
 * too many keeps a graph that nobody needs, one too few would lose one.
 */
export function hashesIn(text: string): readonly string[] {
  return text.match(/\b[0-9a-f]{64}\b/g) ?? [];
}
