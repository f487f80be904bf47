import { type DurationHistory, NO_HISTORY } from '../../core/dag/durations';
import type { Graph, Priority } from '../../core/dag/graph';
import { graphHash } from '../../core/dag/hash';
import { plannedIndex } from '../../core/dag/simulate-index';
import { type Effect, type EffectPorts, performEffect } from '../../core/effects';
import { createJobEngine, type JobView } from '../../core/engine/jobs';
import { createPoolEngine } from '../../core/engine/pools';
import { jobStream } from '../../core/engine/streams';
import { RepriseError } from '../../core/errors';
import type { JobEvent } from '../../core/job/events';
import { isOver } from '../../core/job/state';
import type { Actor, Recorded } from '../../core/journal/envelope';
import type {
  Clock,
  GraphStore,
  JournalStore,
  OnReport,
  Random,
  TestExecutionEngine,
} from '../../core/ports';
import { createEndings } from './endings';
import { createLocalDispatcher } from './local-dispatcher';
import { createLocalQueues } from './local-queues';
import { createLocalWorkflow } from './local-workflow';
import type { Turn } from './mailbox';
import { createMemoryJournalStore } from './memory-journal-store';
import type { Plan } from './plan-walker';
import { createProcessTimers, type SetTimer } from './process-timers';
import { reportMessage } from './report-message';
import { orderForTakeover } from './takeover';

export interface EmbeddedRuntimeOptions {
  /** Streams of jobs. This process is their only writer. */
  readonly journal: JournalStore;
  readonly graphs: GraphStore;
  readonly executor: (onReport: OnReport) => TestExecutionEngine;
  readonly compile: (graph: Graph) => Plan;
  /** Slots of this machine. */
  readonly workers: number;
  /** Durations to expect where a graph gives none. */
  readonly history?: DurationHistory;
  readonly clock: Clock;
  readonly random: Random;
  readonly setTimer?: SetTimer;
  readonly turn?: Turn;
  /** Hears of events once they are durable and their effects are under way. */
  readonly onEvents?: (jobId: string, events: readonly Recorded<JobEvent>[]) => void;
}

export interface Submission {
  readonly graph: Graph;
  readonly owner: string;
  readonly priority: Priority;
}

export interface EmbeddedRuntime {
  /** @throws RepriseError JOB_EXISTS */
  readonly submit: (jobId: string, submission: Submission) => Promise<void>;
  /**
   * Goes on with a job of the journal: performs what is outstanding; one that ended without success runs again
   * what did not succeed. For a job that this runtime is not running.
   * @throws RepriseError JOB_NOT_FOUND
   */
  readonly resume: (jobId: string, reason: string) => Promise<void>;
  readonly cancel: (jobId: string, reason: string) => void;
  /** Resolves when the job is over. Rejects when the runtime cannot go on, for example when the disk is full. */
  readonly finished: (jobId: string) => Promise<JobView>;
  /** Calls off timers and takes no more messages. The executor and the journal stay open: they are the caller's. */
  readonly close: () => void;
}

/** The one pool and the one execution node that a machine is. */
const POOL = 'default';
const LOCAL_WORKER = 'local';
const TIMER: Actor = { kind: 'timer', id: 'embedded' };
const WORKFLOW: Actor = { kind: 'workflow', id: 'embedded' };
const WORKER: Actor = { kind: 'worker', id: LOCAL_WORKER };
const OPERATOR: Actor = { kind: 'user', id: 'local' };

/** The engine in one process: same deciders as on AWS, mailboxes for queues, this machine for a fleet. */
export function createEmbeddedRuntime(options: EmbeddedRuntimeOptions): EmbeddedRuntime {
  const { clock, random, journal, graphs, workers } = options;
  const endings = createEndings<JobView>();

  const close = () => {
    queues.close();
    timers.close();
  };
  const perform = async (effects: readonly Effect[]) => {
    for (const effect of effects) await performEffect(ports, effect);
  };
  const outlook = {
    history: options.history ?? NO_HISTORY,
    fleet: [{ labels: '*', slots: workers, count: 1 }],
  } as const;
  const jobs = createJobEngine({
    journal,
    graphs,
    clock,
    random,
    soleWriter: true,
    perform,
    indexGraph: (graph, hash) => plannedIndex(graph, hash, outlook),
  });
  // The pool's journal is memory: what it holds follows from the journals of the jobs.
  const pool = createPoolEngine({ journal: createMemoryJournalStore(), clock, soleWriter: true, perform });

  const queues = createLocalQueues({
    async handleJob(jobId, batch) {
      const events = await jobs.handle(jobId, batch);
      if (events.length > 0) options.onEvents?.(jobId, events);
      if (events.some(({ type }) => type === 'job.completed')) endings.end(jobId, await jobs.view(jobId));
    },
    handlePool: async (poolId, batch) => void (await pool.handle(poolId, batch)),
    onError(error) {
      close();
      endings.fail(error);
    },
    ...(options.turn === undefined ? {} : { turn: options.turn }),
  });
  const timers = createProcessTimers({
    clock,
    ...(options.setTimer === undefined ? {} : { setTimer: options.setTimer }),
    deliver: (jobId, message, id) => queues.send(jobId, { id, actor: TIMER, message }),
  });
  const executor = options.executor((ref, report) => {
    const id = `attempt/${ref.nodeId}/${ref.attempt}/${report.type}`;
    queues.send(ref.jobId, { id, actor: WORKER, message: reportMessage(ref, report, LOCAL_WORKER) });
  });
  const workflow = createLocalWorkflow({
    view: jobs.view,
    compile: ({ index }) => options.compile(index.graph),
    enter: (jobId, nodeId) =>
      queues.send(jobId, {
        id: `workflow/${nodeId}`,
        actor: WORKFLOW,
        message: { type: 'nodeEntered', nodeId },
      }),
  });
  const dispatcher = createLocalDispatcher({
    executor,
    indexOf: async (jobId) => (await jobs.view(jobId)).index,
    refused(work, reason) {
      const message = { type: 'dispatchFailed' as const, ...work, workerId: LOCAL_WORKER, reason };
      void queues.toPool(POOL, message, `refused/${work.nodeId}/${work.attempt}`);
    },
  });
  // Nobody outside hears of a local run yet: listeners of this process take events from `onEvents`.
  const publisher = { publish: async () => undefined };
  const ports: EffectPorts = { queues, timers, workflow, dispatcher, publisher };

  const worker = { workerId: LOCAL_WORKER, labels: '*' as const, slots: workers };
  void queues.toPool(POOL, { type: 'workerRegistered', worker }, 'registration');

  async function resume(jobId: string, reason: string): Promise<void> {
    endings.restart(jobId);
    workflow.forget(jobId);
    const id = `resume/${jobId}/${clock()}`;
    const envelope = { id, actor: OPERATOR, message: { type: 'resume' as const, reason } };
    const events = await jobs.handle(jobId, [envelope]);
    options.onEvents?.(jobId, events);
    const view = await jobs.view(jobId);
    if (isOver(view.state.status)) return endings.end(jobId, view);
    const isCancelling = view.state.cancelReason !== undefined;
    await perform(await orderForTakeover(await jobs.outstanding(jobId), executor));
    if (!isCancelling) return;
    // The process died between asking for the cancellation and its end: end it, then do what was asked now.
    await endings.wait(jobId);
    await resume(jobId, reason);
  }

  return {
    async submit(jobId, { graph, owner, priority }) {
      if ((await journal.head(jobStream(jobId))).seq > 0) throw jobExists(jobId);
      const hash = graphHash(graph);
      await graphs.put(hash, graph);
      queues.send(jobId, {
        id: `submit/${jobId}`,
        actor: { kind: 'user', id: owner },
        message: { type: 'submit', graphHash: hash, owner, priority, pool: POOL },
      });
    },

    resume,

    cancel: (jobId, reason) =>
      queues.send(jobId, { id: `cancel/${jobId}`, actor: OPERATOR, message: { type: 'cancel', reason } }),

    finished: (jobId) => endings.wait(jobId),
    close,
  };
}

export function jobExists(jobId: string): RepriseError {
  return new RepriseError(
    'JOB_EXISTS',
    `job ${jobId} is in this journal already: go on with it by \`reprise resume ${jobId}\`, or choose another id`,
    { context: { jobId } },
  );
}
