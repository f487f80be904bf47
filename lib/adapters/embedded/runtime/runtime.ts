import type { Graph } from '../../../core/dag/graph';
import { graphHash } from '../../../core/dag/hash';
import { plannedIndex } from '../../../core/dag/predict/simulate-index';
import { createEngine, type Engine } from '../../../core/engine/engine';
import { type AssessmentDeps, assessmentOf } from '../../../core/engine/evidence';
import { durationsFrom } from '../../../core/engine/graph-indexes';
import { evidenceFrom } from '../../../core/engine/history-evidence';
import { createKinds, type KindDeps, type Kinds } from '../../../core/engine/kinds';
import { performEffect } from '../../../core/engine/perform';
import type { ResumeRequest } from '../../../core/engine/resume-plan-of';
import type { EngineDeps } from '../../../core/engine/stream-engine';
import { RepriseError } from '../../../core/errors';
import type { DurationHistory } from '../../../core/history/durations';
import { goesOn, type JobEvent, type RollbackOrder } from '../../../core/job/events';
import type { Actor, Recorded } from '../../../core/journal/envelope';
import { type Delivery, jobAt, poolAt, streamOf } from '../../../core/messages/address';
import type { Effect } from '../../../core/messages/effect';
import type { Origin } from '../../../core/messages/envelope';
import type { JobMessage, Submission as JobSubmission } from '../../../core/messages/job';
import type { PoolMessage, Worker } from '../../../core/messages/pool';
import { reportMessage } from '../../../core/messages/report';
import { isOver } from '../../../core/model/outcome';
import { present } from '../../../core/model/present';
import type { Clock, Random, SetTimer } from '../../../core/model/time';
import type { TraceContext } from '../../../core/model/trace';
import type { ConditionEvaluator } from '../../../core/ports/conditions';
import { type Dispatcher, type EffectPorts, NO_LETTER_BOX } from '../../../core/ports/effects';
import type { OnReport, TestExecutionEngine } from '../../../core/ports/execution';
import type { HistoryStore } from '../../../core/ports/history';
import { type FiringLimits, NO_LIMITS } from '../../../core/ports/quotas';
import type { GraphStore, JournalStore } from '../../../core/ports/stores';
import type { JobFold, StreamAsker, StreamReader, StreamSender } from '../../../core/ports/streams';
import { diagnose } from '../../../core/retry/classify/diagnose';
import type { Gate } from '../../gate';
import { createMemoryHistory } from '../../memory/history';
import { createForgetfulJournalStore } from '../../memory/journal-store';
import { createContinuation, type RetryOrder } from '../recovery/continuation';
import { type LocalReconciler, localReconciler } from '../recovery/reconciling';
import { createAttemptPlaces } from './attempt-places';
import { createLocalDispatcher } from './dispatcher';
import { createEndings } from './endings';
import { createEntrance, type Entrance } from './entrance';
import { createForgetting } from './forgetting';
import {
  answeredWhereRefused,
  isOfLetters,
  type ToJob,
  toKnownJob,
  toldToLetters,
  withFreshLetters,
} from './letter-orders';
import type { Turn } from './mailbox';
import { type Outside, SILENT } from './outside';
import type { Plan } from './plan-walker';
import { createLocalQueues } from './queues';
import { MACHINE_POOL } from './runnable';
import { createProcessTimers } from './timers';
import { createLocalWorkflow } from './workflow';

export interface EmbeddedRuntimeOptions<Executor extends TestExecutionEngine> extends AssessmentDeps {
  /**
   * Streams of jobs, triggers and letters, and of dependencies where it keeps them. This process is their only writer, but
   * for letters.
   */
  readonly journal: JournalStore;
  readonly graphs: GraphStore;
  readonly executor: (onReport: OnReport) => Executor;
  readonly compile: (graph: Graph) => Plan;
  /** The workers that the executor stands for. */
  readonly workers: readonly Worker[];
  /** What triggers may start; as much as they like by default. */
  readonly limits?: FiringLimits;
  /** Whether the journal keeps dependencies: else they are of this process alone, and closed at its start. */
  readonly keepsDependencies?: boolean;
  /** What earlier jobs measured; nothing by default. */
  readonly history?: HistoryStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly conditions: ConditionEvaluator;
  readonly setTimer?: SetTimer | undefined;
  readonly turn?: Turn | undefined;
  /** Hears what events say in numbers. */
  readonly onMeasured?: EngineDeps['onMeasured'];
  /** Hears of events once they are durable and their effects are under way. */
  readonly onEvents?: (jobId: string, events: readonly Recorded<JobEvent>[]) => void;
  /** Hears that a job is over, before anything else happens to it. */
  readonly onOver?: (jobId: string, job: JobFold) => Promise<void>;
  /** Tells a job what its letters ask of it, where it may be one that this runtime does not run. */
  readonly toJob?: ToJob;
  /** Hears why the runtime cannot go on. */
  readonly onFailure?: (error: unknown) => void;
}

export interface Submission extends Pick<JobSubmission, 'owner' | 'priority' | 'deadlineAt' | 'parameters'> {
  readonly graph: Graph;
  /** The trace that it goes on with; one of its own, where there is none. */
  readonly trace?: TraceContext | undefined;
}

/** What is told to a stream exists, or the message makes it. */
export interface EmbeddedRuntime<Executor extends TestExecutionEngine = TestExecutionEngine>
  extends StreamSender,
    StreamAsker,
    StreamReader,
    Pick<Engine<Kinds>, 'effectsOf'> {
  readonly executor: Executor;
  /** From now on triggers and events have somewhere to go. */
  readonly listen: (outside: Outside) => void;
  /** Performs effects once more. Every one may have happened already. */
  readonly perform: (effects: readonly Effect[]) => Promise<void>;
  /** Whoever submits by a message of its own does so in turn with all others. */
  readonly inTurn: Gate;
  /** Resolves when it is durable. @throws RepriseError JOB_EXISTS */
  readonly submit: (jobId: string, submission: Submission) => Promise<void>;
  /**
   * Goes on with a job of the journal: performs what is outstanding; one that ended without success runs again
   * what did not succeed, and whatever else is asked for. For a job that this runtime is not running. The graph that a
   * request names has to be in the store.
   * @throws RepriseError JOB_NOT_FOUND, JOB_NOT_OVER
   */
  readonly resume: (jobId: string, reason: string, request?: ResumeRequest) => Promise<void>;
  /**
   * Has nodes of a job tried again. For a job that this runtime is not running.
   * @throws RepriseError JOB_NOT_FOUND, FORBIDDEN where the job may not have it, INPUT_INVALID where nothing is to be done
   */
  readonly retry: (jobId: string, order: RetryOrder) => Promise<void>;
  /**
   * Has undone what a job did; one that is under way is cancelled first. For a job that this runtime is not running.
   * @throws RepriseError JOB_NOT_FOUND, INPUT_INVALID where there is nothing to undo
   */
  readonly rollBack: (jobId: string, order: RollbackOrder) => Promise<void>;
  /**
   * Tells letters of a job something, which may have nodes of it run again or count otherwise: `finished` then is when that
   * is done. For a job that this runtime is not running.
   * @throws RepriseError JOB_NOT_FOUND
   */
  readonly tellLetters: (jobId: string, delivery: Delivery<'letter'>) => Promise<void>;
  /** As `resume`, but a job that ended is left as it is once its letters know of it, and one that was being cancelled is cancelled. */
  readonly takeOver: (jobId: string, reason: string) => Promise<void>;
  /** Compares jobs with what this process runs, and repairs what is out of step. */
  readonly reconciler: LocalReconciler;
  /** Holds nothing more of a job that is over. */
  readonly forget: (jobId: string) => void;
  readonly cancel: (jobId: string, reason: string) => void;
  /** Resolves when the job is over. Rejects when the runtime cannot go on, for example when the disk is full. */
  readonly finished: (jobId: string) => Promise<JobFold>;
  /**
   * Cancels timers and takes no more messages; resolves when what was under way is done. The executor and the journal
   * stay open: they are the caller's.
   */
  readonly close: () => Promise<void>;
}

const WORKFLOW: Actor = { kind: 'workflow', id: 'embedded' };
const OPERATOR: Actor = { kind: 'user', id: 'local' };
const ENGINE: Actor = { kind: 'engine', id: 'embedded' };

/** The engine in one process: same deciders as on AWS, mailboxes for queues, this machine for a fleet. */
export function createEmbeddedRuntime<Executor extends TestExecutionEngine>(
  options: EmbeddedRuntimeOptions<Executor>,
): EmbeddedRuntime<Executor> {
  const { clock, graphs, workers, history = createMemoryHistory() } = options;
  let outside = SILENT;
  const endings = createEndings<JobFold>();
  const entrance = createEntrance(options);
  const journal = withRestInMemory(options.journal, options.keepsDependencies ?? false);
  const engine = engineOf(options, { journal, history, perform });
  const view: StreamReader['view'] = engine.view as StreamReader['view'];

  const queues = createLocalQueues({
    async handle(to, batch) {
      const events = await engine.handle(to, batch as never);
      if (to.kind === 'job') await heard(to.id, events as readonly Recorded<JobEvent>[]);
      if (to.kind === 'job' && batch.some(isOfLetters)) await answered(to.id);
      return events;
    },
    onError(error) {
      void close();
      endings.fail(error);
      options.onFailure?.(error);
    },
    turn: options.turn,
  });
  const timers = createProcessTimers({ clock, setTimer: options.setTimer, streams: queues });
  const places = createAttemptPlaces();
  const executor = options.executor((ref, report) => {
    const place = places.of(ref);
    if (report.type === 'succeeded' || report.type === 'failed') places.forget(ref);
    const id = `attempt/${ref.nodeId}/${ref.attempt}/${report.type}`;
    tellJob(ref.jobId, reportMessage(ref, report, place), id, { kind: 'worker', id: place });
  });
  const workflow = createLocalWorkflow({
    view: (jobId) => view(jobAt(jobId)),
    compile: ({ index }) => options.compile(index.graph),
    enter: (jobId, nodeId) => tellJob(jobId, { type: 'nodeEntered', nodeId }, `workflow/${nodeId}`, WORKFLOW),
  });
  const memory = createForgetting({ endings, workflow, timers, engine });
  const local = createLocalDispatcher({
    executor,
    indexOf: async (jobId) => (await view(jobAt(jobId))).index,
    refused(ref, workerId, reason) {
      places.forget(ref);
      const message = { type: 'dispatchFailed' as const, ...ref, workerId, reason };
      const id = `refused/${ref.nodeId}/${ref.attempt}`;
      void queues.send({ to: poolAt(MACHINE_POOL), message }, { id, actor: ENGINE });
    },
  });
  const dispatcher: Dispatcher = {
    ...local,
    dispatch(effect) {
      places.put(effect.work, effect.workerId);
      return local.dispatch(effect);
    },
  };
  const ports = portsOf({
    ...{ timers, workflow, dispatcher, history, queues, entrance, outside: () => outside },
    toJob: answeredWhereRefused(options.toJob ?? toKnownJob({ journal, queues }), queues),
  });
  const reconciler = localReconciler({
    ...{ ports, journal, executor, clock, walks: workflow, setTimer: options.setTimer },
  });

  async function perform(effects: readonly Effect[]): Promise<void> {
    for (const effect of effects) await performEffect(ports, effect);
  }

  async function heard(jobId: string, events: readonly Recorded<JobEvent>[]): Promise<void> {
    if (events.length === 0) return memory.late(jobId);
    options.onEvents?.(jobId, events);
    if (events.some(goesOn)) memory.revive(jobId);
    if (!events.some(({ type }) => type === 'job.completed')) return;
    const job = await view(jobAt(jobId));
    endings.end(jobId, job);
    await options.onOver?.(jobId, job);
  }

  /** Whoever waits for the end of a job that its letters could not have run again waits for nothing. */
  async function answered(jobId: string): Promise<void> {
    const job = await view(jobAt(jobId));
    if (isOver(job.state.status)) endings.end(jobId, job);
  }

  function tellJob(jobId: string, message: JobMessage, id: string, actor: Actor): void {
    void queues.send({ to: jobAt(jobId), message }, { id, actor });
  }

  async function close(): Promise<void> {
    timers.close();
    entrance.close();
    outside.close();
    // What jobs have to say to their letters nobody says again once they are over.
    await queues.drained('letter');
    await queues.close();
  }

  for (const worker of workers) {
    const message = { type: 'workerRegistered' as const, worker };
    void queues.send({ to: poolAt(MACHINE_POOL), message }, { id: 'registration', actor: ENGINE });
  }
  const continuation = createContinuation({
    ...{ engine, view, endings, executor, clock, perform, workflow: { forget: memory.remember } },
    ask: queues.ask,
    untold: (jobId, job) => toldToLetters({ journal, effectsOf: engine.effectsOf }, jobId, job),
    ...(options.onEvents && { onEvents: options.onEvents }),
  });

  return {
    ...{ executor, view, perform, close, reconciler },
    ...{ send: queues.send, ask: queues.ask, inTurn: entrance.submit },
    effectsOf: engine.effectsOf,
    listen(to) {
      outside = to;
    },
    async submit(jobId, submission) {
      await entrance.submit(async () => {
        if ((await journal.head(streamOf(jobAt(jobId)))).seq > 0) throw jobExists(jobId);
        const hash = graphHash(submission.graph);
        await graphs.put(hash, submission.graph);
        await queues.ask(...submitted(jobId, hash, submission));
      });
    },
    ...continuation,
    forget: memory.forget,
    cancel: (jobId, reason) => tellJob(jobId, { type: 'cancel', reason }, `cancel/${jobId}`, OPERATOR),
    finished: (jobId) => endings.wait(jobId),
  };
}

/** The engine itself, the only writer of its journal. */
function engineOf(
  options: EmbeddedRuntimeOptions<TestExecutionEngine>,
  { history, ...deps }: Pick<EngineDeps, 'journal' | 'perform'> & { readonly history: HistoryStore },
) {
  const { clock, random, onMeasured } = options;
  const kinds = createKinds({ journal: deps.journal, ...kindDepsOf(options, history) });
  return withFreshLetters(createEngine({ ...deps, clock, random, soleWriter: true, onMeasured }, kinds));
}

/** What the job is told that a submission makes, and where that comes from. */
function submitted(
  jobId: string,
  hash: string,
  { graph: _, owner, trace, ...rest }: Submission,
): [Delivery<'job'>, Origin] {
  const asked = { graphHash: hash, owner, ...rest, pool: MACHINE_POOL, ...present({ trace: trace?.parent }) };
  const actor = { kind: 'user', id: owner } as const;
  const origin = { id: `submit/${jobId}`, actor, ...present({ traceId: trace?.traceId }) };
  return [{ to: jobAt(jobId), message: { type: 'submit', ...asked } }, origin];
}

/** Where effects go in this process. */
function portsOf({
  queues,
  entrance,
  outside,
  toJob,
  ...ports
}: Pick<EffectPorts, 'timers' | 'workflow' | 'dispatcher' | 'history'> & {
  readonly queues: StreamSender;
  readonly entrance: Pick<Entrance, 'tellPool'>;
  readonly outside: () => Outside;
  readonly toJob: ToJob;
}): EffectPorts {
  return {
    ...ports,
    letterBox: NO_LETTER_BOX,
    notifier: { deliver: (delivery) => outside().deliver(delivery) },
    streams: {
      async send(delivery, origin) {
        const { to } = delivery;
        if (to.kind === 'pool')
          return entrance.tellPool(delivery.message as PoolMessage, () => void queues.send(delivery, origin));
        if (to.kind === 'job' && isOfLetters(origin)) return toJob(delivery as Delivery<'job'>, origin);
        // A job that a trigger cancels may have been refused, or be one that could not be taken up.
        const isForeign = to.kind === 'job' && origin.actor.id.startsWith('trigger/');
        if (!isForeign || (await outside().isRunning(to.id))) await queues.send(delivery, origin);
      },
    },
    publisher: { publish: (event) => outside().publish(event) },
    sources: { arm: (triggerId, source) => outside().arm(triggerId, source) },
    submissions: { submit: (jobId, submission, id) => outside().submit(jobId, submission, id) },
  };
}

/** What the deciders take beside the journal. Nodes are ranked by what is known of their durations and of this fleet. */
function kindDepsOf(
  options: EmbeddedRuntimeOptions<TestExecutionEngine>,
  history: HistoryStore,
): Omit<KindDeps, 'journal'> {
  const { graphs, random, conditions, limits = NO_LIMITS, workers } = options;
  const fleet = workers.map(({ labels, slots }) => ({ labels, slots, count: 1 }));
  const indexGraph = (graph: Graph, hash: string, known: DurationHistory) =>
    plannedIndex(graph, hash, { history: known, fleet });
  const durationsOf = durationsFrom(history);
  const assessment = { diagnose, evidenceOf: evidenceFrom({ history }), ...assessmentOf(options) };
  return { graphs, random, conditions, limits, durationsOf, indexGraph, ...assessment };
}

/**
 * What a pool holds follows from the journals of the jobs, so its own need not outlive this process. Dependencies are
 * shared by all jobs, and a journal has one writer: a process of one job counts for itself.
 */
function withRestInMemory(journal: JournalStore, keepsDependencies: boolean): JournalStore {
  const rest = createForgetfulJournalStore();
  const isKept = (stream: string) =>
    !stream.startsWith('pool/') && (keepsDependencies || !stream.startsWith('dependency/'));
  const of = (stream: string) => (isKept(stream) ? journal : rest);
  return {
    head: (stream) => of(stream).head(stream),
    read: (stream, fromSeq) => of(stream).read(stream, fromSeq),
    written: (stream, fromSeq) => of(stream).written(stream, fromSeq),
    append: (stream, expected, events, listing) => of(stream).append(stream, expected, events, listing),
  };
}

export function jobExists(jobId: string): RepriseError {
  return new RepriseError(
    'JOB_EXISTS',
    `job ${jobId} is in this journal already: go on with it by \`reprise resume ${jobId}\`, or choose another id`,
    { context: { jobId } },
  );
}
