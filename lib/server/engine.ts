import { createFileLogs } from '../adapters/embedded/disk/attempt-logs';
import { createFileGraphStore } from '../adapters/embedded/disk/graph-store';
import type { FileJournalStore } from '../adapters/embedded/disk/journal-store';
import type { Layout } from '../adapters/embedded/disk/layout';
import { createLocalLists, type LocalLists } from '../adapters/embedded/runtime/lists';
import { createFileLoads } from '../adapters/embedded/runtime/loads';
import { createReportMerger } from '../adapters/embedded/runtime/merged-reports';
import {
  checkRunnable,
  localWorker,
  MACHINE_POOL,
  type Machine,
} from '../adapters/embedded/runtime/runnable';
import { createEmbeddedRuntime, type EmbeddedRuntime } from '../adapters/embedded/runtime/runtime';
import { createLocalTriggers, type LocalTriggers } from '../adapters/embedded/triggers/triggers';
import { createMemoryQuotas } from '../adapters/memory/quotas';
import { SYSTEM } from '../adapters/system';
import { type Accepted, type SubmissionOrigin, sameSubmission, submit } from '../api/submit';
import { DEFAULT_QUOTAS } from '../core/access/quotas';
import { planOf } from '../core/dag/plan/plan-only';
import { type AssessmentDeps, assessmentOf } from '../core/engine/evidence';
import { firingLimits } from '../core/engine/firing-limits';
import { learnFrom } from '../core/engine/learning';
import type { EngineDeps } from '../core/engine/stream-engine';
import { isRepriseError, isTerminal } from '../core/errors';
import { goesOn, type JobEvent } from '../core/job/events';
import { type Delivery, jobAt, streamOf, triggerAt } from '../core/messages/address';
import type { Origin } from '../core/messages/envelope';
import type { Submission } from '../core/messages/job';
import { isOver } from '../core/model/outcome';
import { present } from '../core/model/present';
import type { Clock, Random, SetTimer } from '../core/model/time';
import type { ConditionEvaluator } from '../core/ports/conditions';
import type { OnReport, TestExecutionEngine } from '../core/ports/execution';
import type { HistoryStore } from '../core/ports/history';
import type { LoadSource } from '../core/ports/loads';
import type { AttemptLogs } from '../core/ports/logs';
import type { FiringLimits } from '../core/ports/quotas';
import type { GraphStore } from '../core/ports/stores';
import type { StreamAsker, StreamReader, StreamSender } from '../core/ports/streams';
import { retrying } from '../core/retry/retrying';
import type { JobFiles } from './job-files';
import { createLatch } from './latch';
import { createNotifying, type Notifying, type NotifyingOptions, outsideOf } from './notifying';
import { createLocalQueue, type LocalQueue } from './queue';

export interface ServedEngineOptions<Executor extends TestExecutionEngine> extends AssessmentDeps {
  readonly layout: Layout;
  readonly journal: FileJournalStore;
  readonly files: JobFiles;
  readonly machine: Machine;
  readonly executor: (onReport: OnReport) => Executor;
  readonly history: HistoryStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly conditions: ConditionEvaluator;
  readonly setTimer?: SetTimer | undefined;
  /** Hears of a job that is over, once the engine has learned from it. */
  readonly onLearned?: (jobId: string) => void;
  /** Hears what events say in numbers. */
  readonly onMeasured?: EngineDeps['onMeasured'];
  /** Whom to tell of what happens; nobody by default. */
  readonly notifications?: NotifyingOptions | undefined;
  /** Why the engine cannot go on. */
  readonly onFailure: (error: unknown) => void;
}

/** The embedded engine for many jobs and their triggers. */
export interface ServedEngine<Executor extends TestExecutionEngine = TestExecutionEngine> {
  readonly runtime: EmbeddedRuntime<Executor>;
  readonly triggers: LocalTriggers;
  /** Whom it tells of what happens. */
  readonly notifying: Notifying;
  readonly lists: LocalLists;
  /** What its jobs asked for, for plans and replays. */
  readonly loads: LoadSource;
  /** Refuses graphs that cannot run on this machine. */
  readonly graphs: GraphStore;
  readonly history: HistoryStore;
  readonly logs: AttemptLogs;
  /** What triggers may start; it counts from the start of this process, and what it is told. */
  readonly limits: FiringLimits;
  /** Nothing can be asked of a job that is over, and of such a job nothing is held. */
  readonly streams: StreamSender & StreamAsker & StreamReader;
  readonly queue: LocalQueue;
  /** What the last daemon left is taken up: ends of jobs are dealt with from now on. */
  readonly started: () => void;
  readonly isKnown: (jobId: string) => Promise<boolean>;
  readonly submit: (jobId: string, submission: Submission, origin: SubmissionOrigin) => Promise<Accepted>;
}

/** What can be asked of a job that is over. */
const AFTERWARDS: ReadonlySet<string> = new Set([
  ...['retry', 'retryRefused', 'reclassify', 'overrule', 'resume', 'rollback', 'share', 'unshare'],
]);

export function createServedEngine<Executor extends TestExecutionEngine>(
  options: ServedEngineOptions<Executor>,
): ServedEngine<Executor> {
  const { layout, files, machine, clock, random, setTimer, history, onFailure } = options;
  const lists = createLocalLists(options.journal, { find: files.listingOf });
  const { journal } = lists;
  const stored = createFileGraphStore(layout.graphs);
  const graphs = runnableGraphs(stored, machine);
  const start = createLatch();
  const limits = firingLimits(createMemoryQuotas(), DEFAULT_QUOTAS);
  const merger = createReportMerger(layout);

  const runtime = createEmbeddedRuntime({
    ...{ journal, graphs: stored, limits, clock, random, setTimer, history, onFailure },
    ...{ conditions: options.conditions, executor: options.executor, compile: planOf },
    onMeasured: options.onMeasured,
    ...assessmentOf(options),
    ...{ keepsDependencies: true, workers: [localWorker(machine)], onEvents: merger.apply },
    toJob: (...told) => onceDealtWith(() => streams.send(...told)),
    async onOver(jobId) {
      // Until triggers listen, the end of a job has not been heard by all.
      await start.opened;
      await learnFrom({ journal, graphs: stored, history, publisher: triggers }, jobId);
      runtime.forget(jobId);
      merger.forget(jobId);
      await files.end(jobId);
      options.onLearned?.(jobId);
    },
  });
  const triggers = createLocalTriggers({
    ...{ ask: runtime.ask, submit: submitFired, clock, setTimer, isRunning: (id) => isRunning(lists, id) },
  });
  const view: StreamReader['view'] = (at) => streams.view(at);
  const notifying = createNotifying(runtime, { ...options.notifications, clock, view });
  runtime.listen(outsideOf(triggers, notifying));

  async function isKnown(jobId: string): Promise<boolean> {
    if (!files.has(jobId)) return false;
    const known = await lists.jobs.get(jobId).catch(() => undefined);
    return known !== undefined || (await journal.head(streamOf(jobAt(jobId)))).seq > 0;
  }

  const streams = streamsOf({ runtime, lists, files });
  const queue = createLocalQueue(layout, streams);

  async function submitOnce(jobId: string, submission: Submission, origin: SubmissionOrigin) {
    if (await isKnown(jobId)) return sameSubmission(jobId, await streams.view(jobAt(jobId)), submission);
    const { trigger } = submission;
    return runtime.inTurn(async () => {
      await files.begin(jobId, trigger ? `trigger ${trigger.name}` : origin.requestId);
      return submit(streams, jobId, submission, origin);
    });
  }

  /** A job of a trigger. One that can never run, or that a drained queue does not take, is refused where it was asked for. */
  async function submitFired(jobId: string, submission: Submission, id: string): Promise<void> {
    if (await isKnown(jobId)) return;
    const { trigger } = submission;
    const actor = { kind: 'engine' as const, id: `trigger/${trigger?.id}` };
    try {
      await graphs.get(submission.graphHash);
      const drained = await queue.admission(MACHINE_POOL, submission.owner);
      if (drained) throw drained;
      await submitOnce(jobId, submission, { requestId: id, traceId: id, actor });
    } catch (error) {
      const isRefused = isTerminal(error) || isRepriseError(error, 'QUEUE_FULL');
      if (!isRefused || !trigger) throw error;
      const { root, depth } = trigger;
      const reason = error.message.slice(0, 2_000);
      const message = { type: 'jobRefused' as const, jobId, reason, ...present({ root, depth }) };
      await runtime.send({ to: triggerAt(trigger.id), message }, { id: `${id}/refused`, actor });
    }
  }

  return {
    ...{ runtime, triggers, notifying, lists, graphs, history, limits, streams, queue, isKnown },
    ...{ loads: createFileLoads(layout, options.journal, stored), logs: createFileLogs(layout) },
    started: start.open,
    submit: submitOnce,
  };
}

/** What can be asked of streams, of jobs that are over too. */
function streamsOf({
  runtime,
  lists,
  files,
}: {
  readonly runtime: EmbeddedRuntime;
  readonly lists: LocalLists;
  readonly files: JobFiles;
}): ServedEngine['streams'] {
  return {
    async send(delivery, origin) {
      const { kind, id } = delivery.to;
      if (kind !== 'job' || !isOver((await lists.jobs.get(id)).status)) await runtime.ask(delivery, origin);
      else if (AFTERWARDS.has(delivery.message.type))
        await askEnded({ runtime, files }, id, { delivery, origin });
    },
    ask: runtime.ask,
    async view(at) {
      const job = at.kind === 'job' ? await lists.jobs.get(at.id) : undefined;
      const found = await runtime.view(at);
      if (job && isOver(job.status)) runtime.forget(job.jobId);
      return found;
    },
  };
}

/** A job that has just ended, whose end is dealt with in a moment, may be what its letters run again. */
const MOMENT = { strategy: 'exponential', initialDelayMs: 10, maxDelayMs: 500, jitter: 'none' } as const;
const PATIENCE_MS = 10_000;

function onceDealtWith(send: () => Promise<void>): Promise<void> {
  return retrying(send, { ...SYSTEM, backoff: MOMENT, until: SYSTEM.clock() + PATIENCE_MS });
}

async function isRunning({ jobs }: Pick<LocalLists, 'jobs'>, jobId: string): Promise<boolean> {
  const job = await jobs.get(jobId).catch(() => undefined);
  return job !== undefined && !isOver(job.status);
}

/** A job that is over runs again, or has it journalled that it may not. */
async function askEnded(
  { runtime, files }: { readonly runtime: EmbeddedRuntime; readonly files: JobFiles },
  jobId: string,
  { delivery, origin }: { readonly delivery: Delivery; readonly origin: Origin },
): Promise<void> {
  await files.reopen(jobId);
  const events = await runtime.ask(delivery, origin);
  if ((events as readonly JobEvent[]).some(goesOn)) return;
  runtime.forget(jobId);
  await files.end(jobId);
}

function runnableGraphs(graphs: GraphStore, machine: Machine): GraphStore {
  /** By hash: whoever brings the same graph at the same time waits for the same file. */
  const putting = new Map<string, Promise<void>>();
  return {
    async put(hash, graph) {
      checkRunnable(graph, machine);
      const put = putting.get(hash) ?? graphs.put(hash, graph).finally(() => putting.delete(hash));
      putting.set(hash, put);
      await put;
    },
    async get(hash) {
      const graph = await graphs.get(hash);
      checkRunnable(graph, machine);
      return graph;
    },
  };
}
