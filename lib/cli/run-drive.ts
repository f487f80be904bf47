import { createFileGraphStore } from '../adapters/embedded/disk/graph-store';
import { createFileHistory, type FileHistory } from '../adapters/embedded/disk/history';
import type { FileJournalStore } from '../adapters/embedded/disk/journal-store';
import type { Layout } from '../adapters/embedded/disk/layout';
import { type OrderTaker, type PlacedOrder, takeOrders } from '../adapters/embedded/disk/orders';
import type { RunRecord } from '../adapters/embedded/disk/run-record';
import { createReportMerger } from '../adapters/embedded/runtime/merged-reports';
import type { EmbeddedRuntime } from '../adapters/embedded/runtime/runtime';
import { openSession, type Session } from '../adapters/embedded/runtime/session';
import { onSignals } from '../adapters/signals';
import type { Graph } from '../core/dag/graph';
import { reportOn } from '../core/engine/reporting';
import type { JobEvent } from '../core/job/events';
import { outcomeOf } from '../core/job/state';
import type { Recorded } from '../core/journal/envelope';
import { jobAt, streamOf } from '../core/messages/address';
import type { ExecutionReporting } from '../core/ports/reporting';
import type { Secrets } from '../core/ports/secrets';
import type { JobFold } from '../core/ports/streams';
import { createLessons, type Lessons } from '../core/projections/lessons';
import type { Tally } from '../core/projections/tally';
import { EXIT } from './exit';
import { fromHere, journalOption, say } from './options';
import { print } from './print';
import { createLiveLine, type LiveLine } from './render/live';
import { createProgress } from './render/progress';
import { createBar } from './render/progress-bar';
import { renderReport } from './render/report';
import { type RunResult, resultOf } from './render/result';
import { colorsFor } from './render/style';
import { writeReportFiles } from './report-files';
import type { ReportFiles } from './report-writer';
import { watchJob } from './watchdog';

export interface Drive {
  readonly jobId: string;
  /** Which it follows from here on. */
  readonly graph: Graph;
  /** Those that it has followed so far, and this one, by hash; the one that it was submitted with comes first. */
  readonly graphs: ReadonlyMap<string, Graph>;
  readonly layout: Layout;
  readonly journal: FileJournalStore;
  readonly record: RunRecord;
  readonly env: Readonly<Record<string, string>>;
  readonly secrets: Secrets;
  readonly json: boolean;
  /** Prints no result: whoever asked prints another. */
  readonly silent?: boolean;
  /** Hears how the job went, once it is over. */
  readonly reporting?: ExecutionReporting | undefined;
  /** What is written of it, once it is over. */
  readonly files: ReportFiles;
  readonly tally: Tally;
}

/**
 * Runs a job from `begin` to its end in this process: progress on standard error, the result on standard output,
 * the exit status set.
 * @param isGood whether what was wanted came about; by default, that the job succeeded.
 */
export async function driveJob(
  drive: Drive,
  begin: (runtime: EmbeddedRuntime) => Promise<void>,
  isGood: (result: RunResult) => boolean = ({ status }) => status === 'succeeded',
): Promise<void> {
  // What the shell sees should this process end before the job does.
  process.exitCode = EXIT.failed;
  const { jobId, layout, journal, record, env, secrets, tally } = drive;
  const live = createLiveLine(process.stderr);
  const progress = progressOf(drive, live);
  const [first = drive.graph] = drive.graphs.values();
  const lessons = createLessons(first, (hash) => drive.graphs.get(hash));
  // What a job that goes on has done before.
  let isPaused = false;
  let orders: OrderTaker | undefined;
  for await (const event of journal.read(streamOf(jobAt(jobId)))) {
    lessons.apply(event);
    isPaused = staysPaused(event, isPaused);
  }
  const merger = createReportMerger(layout);
  const onEvents = (events: readonly Recorded<JobEvent>[]) => {
    for (const event of events) {
      tally.apply(event);
      lessons.apply(event);
      isPaused = staysPaused(event, isPaused);
    }
    // A job that is paused waits for orders, and for nothing else.
    orders?.stayFor(isPaused);
    merger.apply(jobId, events);
    progress(events);
  };
  const history = createFileHistory(layout);
  const session = openSession({ layout, journal, record, env, secrets, history, onEvents });
  orders = await takeOrders(layout, jobId, obeying(session, jobId));
  orders.stayFor(isPaused);
  const disarm = armSignals(session, drive);
  const watchdog = watchJob(session.runtime, jobId);
  let isOver = false;
  try {
    await begin(session.runtime);
    const fold = await session.runtime.finished(jobId);
    isOver = true;
    live.end();
    const reports = merger.written(jobId);
    const result = resultOf(jobId, fold, { tally, reports });
    const places = placesOf(drive, fold, reports.size > 0);
    if (!drive.silent) print(drive, result, () => renderReport(result, places, colorsFor(process.stdout)));
    process.exitCode = isGood(result) ? EXIT.done : EXIT.failed;
  } finally {
    live.end();
    disarm();
    orders.close();
    watchdog.end();
    await session.close();
    await learn(history, lessons).catch(reportUnsaved);
    if (isOver) {
      await writeReportFiles(jobId, { journal: layout.root }, drive.files).catch(sayUnwritten);
      await reported(drive).catch((error) => sayUnreported(drive, error));
    }
  }
}

/** Whether a job is paused after an event. */
function staysPaused({ type }: Pick<Recorded, 'type'>, isPaused: boolean): boolean {
  if (type === 'job.paused') return true;
  return isPaused && type !== 'job.unpaused' && type !== 'job.completed';
}

/** What other processes ask of this one, such as `reprise cancel`, the job is told. */
function obeying({ runtime }: Session, jobId: string): (placed: PlacedOrder) => void {
  return ({ id, by, order }) =>
    void runtime.send(
      { to: jobAt(jobId), message: order },
      { id: `order/${id}`, actor: { kind: 'user', id: by } },
    );
}

async function learn(history: FileHistory, lessons: Lessons): Promise<void> {
  const update = lessons.update();
  if (update) await history.learn(update);
}

/** The job is over and recorded: that later jobs know less is no reason to fail it. */
function reportUnsaved(error: unknown): void {
  const why = error instanceof Error ? error.message : String(error);
  process.stderr.write(`reprise: what this job measured could not be kept: ${why}\n`);
}

async function reported({ jobId, journal, layout, reporting }: Drive): Promise<void> {
  if (reporting) await reportOn({ journal, graphs: createFileGraphStore(layout.graphs), reporting }, jobId);
}

/** The job ended as it did: that nobody else knows of it is no reason to fail it. */
function sayUnreported({ jobId, layout }: Drive, error: unknown): void {
  const why = error instanceof Error ? error.message : String(error);
  const again = `reprise report ${jobId} --report-to URL${journalOption(layout)}`;
  say(`the job was not reported: ${why}; \`${again}\` does it again`);
}

/** Nor is this. */
function sayUnwritten(error: unknown): void {
  say(`its report was not written: ${error instanceof Error ? error.message : String(error)}`);
}

function progressOf({ jobId, graph, layout, tally }: Drive, live: LiveLine) {
  const [startedAt, colors] = [Date.now(), colorsFor(process.stderr)];
  const bar = createBar({
    ...{ live, tally, startedAt, colors, nodes: graph.nodes.length, clock: Date.now },
  });
  const progress = createProgress({
    write: (text) => void process.stderr.write(text),
    ...{ colors, startedAt },
    nodeIds: graph.nodes.map(({ id }) => id),
    cleanUpIds: graph.nodes.flatMap(({ id, trigger }) => (trigger === 'always' ? [id] : [])),
    tally,
    logOf: (nodeId, attempt) => `${fromHere(layout.attempt({ jobId, nodeId, attempt }))}.*`,
  });
  return (events: readonly Recorded<JobEvent>[]) => {
    progress(events);
    bar(events);
  };
}

/**
 * The first signal cancels the job, which ends its commands in order and runs what cleans up; the second ends everything at
 * once, and leaves what had not ended to a resume.
 */
function armSignals(session: Session, { jobId, layout }: Drive): () => void {
  return onSignals({
    first(signal) {
      process.stderr.write(`${signal}: cancelling the job; once more ends it at once\n`);
      session.runtime.cancel(jobId, `interrupted by ${signal}`);
    },
    again(signal) {
      const resume = resumeCommand(jobId, layout);
      say(`${signal}: ended at once, clean-up included; \`${resume}\` first runs that`);
      void session.killAll().finally(() => process.exit(EXIT.forced));
    },
  });
}

function placesOf({ jobId, layout }: Drive, { state }: JobFold, hasReports: boolean) {
  const where = journalOption(layout);
  const failed = state.nodes.filter((node) => node.letters && outcomeOf(node) === 'failed');
  const stuck = [...(state.rollback?.steps.values() ?? [])].filter(({ phase }) => phase === 'parked');
  const parked = failed.length + stuck.length;
  return {
    logs: fromHere(layout.attempts(jobId)),
    journal: fromHere(layout.journal(jobId)),
    ...(hasReports ? { reports: fromHere(layout.reports(jobId)) } : {}),
    resume: resumeCommand(jobId, layout),
    ...(parked > 0 ? { letters: { count: parked, command: `reprise dlq list${where}` } } : {}),
  };
}

function resumeCommand(jobId: string, layout: Layout): string {
  return `reprise resume ${jobId}${journalOption(layout)}`;
}
