import { createFileGraphStore } from '../adapters/embedded/disk/graph-store';
import type { FileJournalStore } from '../adapters/embedded/disk/journal-store';
import { createHistoryRecorder } from '../adapters/embedded/disk/history-recorder';
import type { Layout } from '../adapters/embedded/disk/layout';
import { createLocalLists, type LocalLists } from '../adapters/embedded/runtime/lists';
import type { LocalQueues } from '../adapters/embedded/runtime/queues';
import { createLocalTriggers, type LocalTriggers } from '../adapters/embedded/triggers/triggers';
import type { SetTimer } from '../adapters/embedded/runtime/timers';
import { checkRunnable, localWorker, type Machine } from '../adapters/embedded/runtime/runnable';
import { createEmbeddedRuntime, type EmbeddedRuntime } from '../adapters/embedded/runtime/runtime';
import { type Accepted, type SubmissionOrigin, submit } from '../api/submit';
import type { DurationHistory } from '../core/history/durations';
import type { Graph } from '../core/dag/graph';
import { planOf } from '../core/dag/plan/plan-only';
import type { JobEngine, JobView } from '../core/engine/jobs';
import { jobStream } from '../core/messages/address';
import { isRepriseError } from '../core/errors';
import type { JobEvent } from '../core/job/events';
import type { Submission } from '../core/messages/job';
import { isOver, type JobStatus } from '../core/job/state';
import type { Recorded } from '../core/journal/envelope';
import type {
  Clock,
  GraphStore,
  JobInbox,
  JournalStore,
  OnReport,
  Random,
  TestExecutionEngine,
} from '../core/ports/stores';
import type { JobFiles } from './job-files';

export interface ServedEngineOptions {
  readonly layout: Layout;
  readonly journal: FileJournalStore;
  readonly files: JobFiles;
  readonly machine: Machine;
  readonly executor: (onReport: OnReport) => TestExecutionEngine;
  readonly history: DurationHistory;
  readonly clock: Clock;
  readonly random: Random;
  readonly setTimer?: SetTimer;
  /** Why the engine cannot go on. */
  readonly onFailure: (error: unknown) => void;
}

/** The embedded engine for many jobs and their triggers. */
export interface ServedEngine {
  readonly runtime: EmbeddedRuntime;
  readonly queues: LocalQueues;
  readonly triggers: LocalTriggers;
  readonly lists: LocalLists;
  /** Refuses graphs that cannot run on this machine. */
  readonly graphs: GraphStore;
  readonly inbox: JobInbox;
  /** What the last daemon left is taken up: ends of jobs are dealt with from now on. */
  readonly started: () => void;
  readonly isKnown: (jobId: string) => Promise<boolean>;
  readonly submit: (jobId: string, submission: Submission, origin: SubmissionOrigin) => Promise<Accepted>;
  /** @throws RepriseError JOB_NOT_FOUND */
  readonly view: (jobId: string) => Promise<JobView>;
}

export function createServedEngine(options: ServedEngineOptions): ServedEngine {
  const { layout, files, machine, clock, setTimer } = options;
  const { journal, ...lists } = createLocalLists(options.journal);
  const stored = createFileGraphStore(layout.graphs);
  const graphs = runnableGraphs(stored, machine);
  const timer = setTimer === undefined ? {} : { setTimer };
  let started!: () => void;
  const ready = new Promise<void>((resolve) => {
    started = resolve;
  });
  let queues!: LocalQueues;
  let triggers!: LocalTriggers;

  const runtime = createEmbeddedRuntime({
    ...{ journal, graphs: stored, clock, random: options.random, ...timer },
    executor: options.executor,
    compile: planOf,
    workers: [localWorker(machine)],
    history: options.history,
    onFailure: options.onFailure,
    async onOver(jobId, { index }) {
      // Until triggers listen, the end of a job has not been heard by all.
      await ready;
      await learn(layout, journal, { jobId, graph: await stored.get(index.hash) });
      runtime.forget(jobId);
      await files.end(jobId);
    },
    triggers(own) {
      queues = own;
      triggers = createLocalTriggers({
        queues,
        journal,
        clock,
        ...timer,
        isRunning,
        submissions: { submit: fired },
      });
      return triggers;
    },
  });

  async function isRunning(jobId: string): Promise<boolean> {
    const job = await lists.jobs.get(jobId).catch(() => undefined);
    return job !== undefined && !isOver(job.status as JobStatus);
  }

  async function isKnown(jobId: string): Promise<boolean> {
    const known = await lists.jobs.get(jobId).catch(() => undefined);
    return known !== undefined || (await journal.head(jobStream(jobId))).seq > 0;
  }

  async function view(jobId: string): Promise<JobView> {
    await lists.jobs.get(jobId);
    const found = await runtime.view(jobId);
    // Of a job that is over nothing is held: it is read again when somebody asks again.
    if (isOver(found.state.status)) runtime.forget(jobId);
    return found;
  }

  const handle: JobEngine['handle'] = async (jobId, messages) => {
    const events = await Promise.all(messages.map((message) => runtime.ask(jobId, message)));
    return events.flat() as readonly Recorded<JobEvent>[];
  };

  async function submitOnce(jobId: string, submission: Submission, origin: SubmissionOrigin) {
    const { trigger } = submission;
    const isNew = !(await isKnown(jobId));
    if (isNew) await files.begin(jobId, trigger ? `trigger ${trigger.name}` : origin.requestId);
    return submit({ handle: isNew ? handle : async () => [], view }, jobId, submission, origin);
  }

  /** A job of a trigger. One that can never run is refused where it was asked for. */
  async function fired(jobId: string, submission: Submission, id: string): Promise<void> {
    if (await isKnown(jobId)) return;
    const { trigger } = submission;
    const actor = { kind: 'engine' as const, id: `trigger/${trigger?.id}` };
    try {
      await graphs.get(submission.graphHash);
      await submitOnce(jobId, submission, { requestId: id, traceId: id, actor });
    } catch (error) {
      if (!isRepriseError(error) || error.disposition !== 'terminal' || !trigger) throw error;
      const message = { type: 'jobRefused' as const, jobId, reason: error.message.slice(0, 2_000) };
      await queues.toTrigger(trigger.id, message, `${id}/refused`);
    }
  }

  return {
    ...{ runtime, queues, triggers, lists, graphs, started, isKnown, view },
    submit: submitOnce,
    inbox: {
      async sendToJob(jobId, envelope) {
        // Nothing can be asked of a job that is over.
        if (!isOver((await lists.jobs.get(jobId)).status as JobStatus)) await runtime.ask(jobId, envelope);
      },
    },
  };
}

/** Keeps how long commands took, for estimates; without it they are no better than before. */
async function learn(
  layout: Layout,
  journal: Pick<JournalStore, 'read'>,
  { jobId, graph }: { readonly jobId: string; readonly graph: Graph },
): Promise<void> {
  const recorder = createHistoryRecorder(layout, graph);
  for await (const event of journal.read(jobStream(jobId))) recorder.apply([event as Recorded<JobEvent>]);
  await recorder.save();
}

function runnableGraphs(graphs: GraphStore, machine: Machine): GraphStore {
  return {
    async put(hash, graph) {
      checkRunnable(graph, machine);
      await graphs.put(hash, graph);
    },
    async get(hash) {
      const graph = await graphs.get(hash);
      checkRunnable(graph, machine);
      return graph;
    },
  };
}
