import { type DurationHistory, NO_HISTORY } from '../../../core/history/durations';
import type { Graph } from '../../../core/dag/graph';
import { graphHash } from '../../../core/dag/hash';
import { plannedIndex } from '../../../core/dag/predict/simulate-index';
import { type Dispatcher, type Effect, type EffectPorts, performEffect } from '../../../core/ports/effects';
import { createJobEngine, type JobEngine, type JobView } from '../../../core/engine/jobs';
import { createPoolEngine } from '../../../core/engine/pools';
import { jobStream } from '../../../core/messages/address';
import { RepriseError } from '../../../core/errors';
import type { JobEvent } from '../../../core/job/events';
import type { JobMessage, Submission as JobSubmission } from '../../../core/messages/job';
import type { Actor, Recorded } from '../../../core/journal/envelope';
import type {
  Clock,
  GraphStore,
  JournalStore,
  OnReport,
  PublicEvent,
  Random,
  TestExecutionEngine,
} from '../../../core/ports/stores';
import type { Worker } from '../../../core/messages/pool';
import { createAttemptPlaces } from './attempt-places';
import { createContinuation } from '../recovery/continuation';
import { createEndings } from './endings';
import { createGate } from './gate';
import { createLocalDispatcher } from './dispatcher';
import { type Ask, createLocalQueues, type LocalQueues } from './queues';
import { busEventOf, type LocalTriggers } from '../triggers/triggers';
import { createLocalWorkflow } from './workflow';
import type { Turn } from './mailbox';
import { createForgetfulJournalStore } from '../../memory/journal-store';
import type { Plan } from './plan-walker';
import { createProcessTimers, type SetTimer } from './timers';
import { reportMessage } from '../../../core/messages/report-message';

export interface EmbeddedRuntimeOptions {
  /** Streams of jobs. This process is their only writer. */
  readonly journal: JournalStore;
  readonly graphs: GraphStore;
  readonly executor: (onReport: OnReport) => TestExecutionEngine;
  readonly compile: (graph: Graph) => Plan;
  /** The workers that the executor stands for. */
  readonly workers: readonly Worker[];
  /** Durations to expect where a graph gives none. */
  readonly history?: DurationHistory;
  readonly clock: Clock;
  readonly random: Random;
  readonly setTimer?: SetTimer;
  readonly turn?: Turn;
  /** Hears of events once they are durable and their effects are under way. */
  readonly onEvents?: (jobId: string, events: readonly Recorded<JobEvent>[]) => void;
  /** Hears that a job is over, before anything else happens to it. */
  readonly onOver?: (jobId: string, view: JobView) => Promise<void>;
  /** Hears why the runtime cannot go on. */
  readonly onFailure?: (error: unknown) => void;
  /** Without it jobs that triggers started end unheard, and so do events of the engine. */
  readonly triggers?: (queues: LocalQueues) => LocalTriggers;
}

export interface Submission extends Pick<JobSubmission, 'owner' | 'priority' | 'deadlineAt' | 'parameters'> {
  readonly graph: Graph;
}

export interface EmbeddedRuntime {
  /** Resolves when it is durable. @throws RepriseError JOB_EXISTS */
  readonly submit: (jobId: string, submission: Submission) => Promise<void>;
  /**
   * Goes on with a job of the journal: performs what is outstanding; one that ended without success runs again
   * what did not succeed. For a job that this runtime is not running.
   * @throws RepriseError JOB_NOT_FOUND
   */
  readonly resume: (jobId: string, reason: string) => Promise<void>;
  /** As `resume`, but a job that ended is left as it is, and one that was being cancelled is cancelled. */
  readonly takeOver: (jobId: string, reason: string) => Promise<void>;
  /** Sends a message to a job; resolves with what it caused. The job exists, or the message submits it. */
  readonly ask: Ask<JobMessage>;
  /** @throws RepriseError JOB_NOT_FOUND */
  readonly view: (jobId: string) => Promise<JobView>;
  /** What its events require of the world outside. */
  readonly effectsOf: JobEngine['effectsOf'];
  /** Holds nothing more of a job that is over. */
  readonly forget: (jobId: string) => void;
  readonly cancel: (jobId: string, reason: string) => void;
  /** Resolves when the job is over. Rejects when the runtime cannot go on, for example when the disk is full. */
  readonly finished: (jobId: string) => Promise<JobView>;
  /**
   * Cancels timers and takes no more messages; resolves when what was under way is done. The executor and the journal
   * stay open: they are the caller's.
   */
  readonly close: () => Promise<void>;
}

/**
 * Submissions under way at a time. Hundreds that come together would go through each of their steps together, and what
 * runs would wait for all of them at every step.
 */
const SUBMISSIONS = 8;

/** The one pool that a machine is. */
const POOL = 'default';
const TIMER: Actor = { kind: 'timer', id: 'embedded' };
const WORKFLOW: Actor = { kind: 'workflow', id: 'embedded' };
const OPERATOR: Actor = { kind: 'user', id: 'local' };

/** The engine in one process: same deciders as on AWS, mailboxes for queues, this machine for a fleet. */
export function createEmbeddedRuntime(options: EmbeddedRuntimeOptions): EmbeddedRuntime {
  const { clock, random, journal, graphs } = options;
  const { workers } = options;
  const endings = createEndings<JobView>();
  const submissions = createGate(SUBMISSIONS);

  const close = () => {
    timers.close();
    triggers?.close();
    return queues.close();
  };
  const perform = async (effects: readonly Effect[]) => {
    for (const effect of effects) await performEffect(ports, effect);
  };
  const outlook = {
    history: options.history ?? NO_HISTORY,
    fleet: workers.map(({ labels, slots }) => ({ labels, slots, count: 1 })),
  };
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
  const pool = createPoolEngine({ journal: createForgetfulJournalStore(), clock, soleWriter: true, perform });

  const queues = createLocalQueues({
    async handleJob(jobId, batch) {
      const events = await jobs.handle(jobId, batch);
      if (events.length > 0) options.onEvents?.(jobId, events);
      if (events.some(({ type }) => type === 'job.completed')) {
        const view = await jobs.view(jobId);
        endings.end(jobId, view);
        await options.onOver?.(jobId, view);
      }
      return events;
    },
    handlePool: (poolId, batch) => pool.handle(poolId, batch),
    handleTrigger: async (triggerId, batch) => (await triggers?.handle(triggerId, batch)) ?? [],
    onError(error) {
      void close();
      endings.fail(error);
      options.onFailure?.(error);
    },
    ...(options.turn === undefined ? {} : { turn: options.turn }),
  });
  const triggers = options.triggers?.(queues);
  const timers = createProcessTimers({
    clock,
    ...(options.setTimer === undefined ? {} : { setTimer: options.setTimer }),
    deliver: (jobId, message, id) => queues.send(jobId, { id, actor: TIMER, message }),
  });
  const places = createAttemptPlaces();
  const executor = options.executor((ref, report) => {
    const id = `attempt/${ref.nodeId}/${ref.attempt}/${report.type}`;
    const place = places.of(ref);
    if (report.type === 'succeeded' || report.type === 'failed') places.forget(ref);
    const actor: Actor = { kind: 'worker', id: place };
    queues.send(ref.jobId, { id, actor, message: reportMessage(ref, report, place) });
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
  const local = createLocalDispatcher({
    executor,
    indexOf: async (jobId) => (await jobs.view(jobId)).index,
    refused(work, reason) {
      const message = { type: 'dispatchFailed' as const, ...work, workerId: places.of(work), reason };
      void queues.toPool(POOL, message, `refused/${work.nodeId}/${work.attempt}`);
    },
  });
  const dispatcher: Dispatcher = {
    ...local,
    dispatch(effect) {
      places.put(effect.work, effect.workerId);
      return local.dispatch(effect);
    },
  };
  // Nobody outside hears of a local run: listeners of this process take events from `onEvents`, triggers from here.
  const publisher = {
    publish: async (event: PublicEvent) => void (await triggers?.offer(busEventOf(event))),
  };
  // Triggers have clocks and submissions of their own.
  const none = { sources: { arm: async () => undefined }, submissions: { submit: async () => undefined } };
  const ports: EffectPorts = { queues, timers, workflow, dispatcher, publisher, ...none };

  for (const worker of workers)
    void queues.toPool(POOL, { type: 'workerRegistered', worker }, 'registration');

  const onEvents = options.onEvents === undefined ? {} : { onEvents: options.onEvents };
  const continuation = createContinuation({ jobs, endings, workflow, executor, clock, perform, ...onEvents });

  return {
    submit: (jobId, { graph, owner, ...rest }) =>
      submissions(async () => {
        if ((await journal.head(jobStream(jobId))).seq > 0) throw jobExists(jobId);
        const hash = graphHash(graph);
        await graphs.put(hash, graph);
        await queues.askJob(jobId, {
          id: `submit/${jobId}`,
          actor: { kind: 'user', id: owner },
          message: { type: 'submit', graphHash: hash, owner, ...rest, pool: POOL },
        });
      }),

    ...continuation,
    ask: (jobId, envelope) =>
      envelope.message.type === 'submit'
        ? submissions(() => queues.askJob(jobId, envelope))
        : queues.askJob(jobId, envelope),
    view: jobs.view,
    effectsOf: jobs.effectsOf,
    forget(jobId) {
      endings.restart(jobId);
      workflow.forget(jobId);
      jobs.forget(jobId);
    },

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
