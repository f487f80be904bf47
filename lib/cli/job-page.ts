import { stripVTControlCharacters } from 'node:util';
import { createArchivedGraphs } from '../adapters/embedded/disk/archived-graphs';
import { createFileLogs } from '../adapters/embedded/disk/attempt-logs';
import type { Layout } from '../adapters/embedded/disk/layout';
import { keptTests } from '../adapters/embedded/runtime/kept-results';
import type { Graph } from '../core/dag/graph';
import { isRepriseError, RepriseError } from '../core/errors';
import type { JobEvent } from '../core/job/events';
import { upTo } from '../core/journal/point';
import { addressOf } from '../core/messages/address';
import { present } from '../core/model/present';
import { createHighlights, type Highlights } from '../core/projections/highlights';
import { createTimeline, type Timeline } from '../core/projections/timeline';
import { type JobReport, jobReport } from '../reports/job-report';
import { type NamedStream, verifiedAs } from './journal-stream';

/** What the journal of a job tells, and the reports of its tests where they are at hand. */
export interface RecordedJob {
  readonly timeline: Timeline;
  readonly highlights: Highlights;
  readonly report: JobReport;
  /** That it follows now, where it is at hand. */
  readonly graph?: Graph;
  /** How much of the journal this is, and who signed it, where it is an export. */
  readonly journal: { readonly events: number; readonly signedBy?: string };
}

/** What a page is made of. */
export interface JobPage extends RecordedJob {
  /** The ends of the logs of failed attempts, by `NODE.ATTEMPT`; where logs are not at hand, none. */
  readonly logs: ReadonlyMap<string, LogTail>;
  /** What a command needs beside the job, such as ` --journal DIR`. */
  readonly option: string;
}

export interface LogTail {
  readonly text: string;
  /** There is more before it. */
  readonly isCut: boolean;
}

/** Bytes of a log that are shown, and attempts whose logs are: the page stays one that a browser opens at once. */
const LOG_BYTES = 6_000;
const LOGS = 200;

/**
 * Reads a job of a journal directory, of an export or of an archive, verified first.
 * @throws RepriseError JOURNAL_CORRUPT, INPUT_INVALID where the stream is not that of a job
 */
export async function recordedJob(named: NamedStream): Promise<RecordedJob> {
  const { stream, journal, layout, name } = named;
  const { events, signedBy } = await verifiedAs(named);
  const [fold, highlights] = [createTimeline(), createHighlights()];
  let hash: string | undefined;
  if (addressOf(stream).kind !== 'job') throw notOfJob(name);
  for await (const event of upTo(journal.read(stream), { seq: events })) {
    const { type, data } = event as JobEvent;
    if (type === 'job.submitted' || type === 'job.replanned') hash = data.graphHash;
    fold.apply(event);
    highlights.apply(event);
  }
  const timeline = fold.result();
  if (!timeline || hash === undefined) throw notOfJob(name);
  const graph = await graphAt(layout, hash);
  return {
    ...{ timeline, highlights: highlights.result(), ...present({ graph }) },
    report: jobReport(timeline, graph ?? heardOf(timeline), keptTests(layout, timeline.jobId)),
    journal: { events, ...present({ signedBy }) },
  };
}

/** @param option what commands need beside the job to find it, such as ` --journal DIR` */
export async function jobPage(job: RecordedJob, { layout }: NamedStream, option: string): Promise<JobPage> {
  return { ...job, option, logs: await tailsOf(layout, job.timeline) };
}

function notOfJob(name: string): RepriseError {
  return new RepriseError('INPUT_INVALID', `${name} is not the journal of a job: a report is of a job`);
}

/** An export comes without its graph; the directory may have it, or an archive. */
async function graphAt(layout: Layout, hash: string): Promise<Graph | undefined> {
  try {
    return await createArchivedGraphs(layout).get(hash);
  } catch (error) {
    if (isRepriseError(error, 'GRAPH_NOT_FOUND')) return undefined;
    throw error;
  }
}

/** Items stand below their fan-out, as with a graph. */
function heardOf({ nodes }: Timeline): { readonly nodes: readonly { readonly id: string }[] } {
  const plain = [...nodes.values()].filter(({ itemOf }) => itemOf === undefined);
  return { nodes: plain.map(({ nodeId: id }) => ({ id })) };
}

async function tailsOf(layout: Layout, { jobId, nodes }: Timeline): Promise<ReadonlyMap<string, LogTail>> {
  const logs = createFileLogs(layout);
  const tails = new Map<string, LogTail>();
  for (const { nodeId, attempts } of nodes.values()) {
    for (const { attempt, end } of attempts) {
      if (end !== 'failed' && end !== 'lost') continue;
      if (tails.size >= LOGS) return tails;
      const ref = { jobId, nodeId, attempt };
      const parts = [
        await tailOf(logs, { ...ref, stream: 'stdout' }),
        await tailOf(logs, { ...ref, stream: 'stderr' }),
      ];
      const found = parts.filter((part) => part !== undefined && part.text !== '') as LogTail[];
      if (found.length === 0) continue;
      const text = found.map((part) => part.text).join('\n');
      tails.set(`${nodeId}.${attempt}`, { text, isCut: found.some(({ isCut }) => isCut) });
    }
  }
  return tails;
}

type Log = Parameters<ReturnType<typeof createFileLogs>['read']>[0] & {
  readonly stream: 'stdout' | 'stderr';
};

/** Whole lines from the end of a log, without colours. Logs are masked as they are written. */
async function tailOf(
  logs: ReturnType<typeof createFileLogs>,
  { stream, ...ref }: Log,
): Promise<LogTail | undefined> {
  const whole = await logs.read(ref, { stream, from: 0, limit: 1 });
  if (!whole) return undefined;
  const from = Math.max(0, whole.size - LOG_BYTES);
  const page = await logs.read(ref, { stream, from, limit: LOG_BYTES });
  const text = plain(page?.text ?? '');
  return { text: (from > 0 ? text.slice(text.indexOf('\n') + 1) : text).trimEnd(), isCut: from > 0 };
}

/** Without escape sequences of terminals; of a line that is overwritten, what it said last. */
function plain(text: string): string {
  return stripVTControlCharacters(text)
    .replaceAll('\r\n', '\n')
    .replace(/[^\n]*\r(?=[^\n])/g, '');
}
