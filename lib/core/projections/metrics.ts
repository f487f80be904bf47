import { LETTER_KINDS } from '../messages/letter';
import { FAILURE_CLASSES } from '../model/failure';
import { JOB_OUTCOMES, OUTCOMES } from '../model/outcome';
import { PRIORITIES } from '../model/priority';
import { RECOVERY_CAUSES, RECOVERY_STRATEGIES } from '../model/recovery';
import { RETRY_STRATEGIES } from '../model/retry-policy';

/** `counter` only grows, `histogram` has many values, `gauge` is what is so now. */
export type MetricKind = 'counter' | 'histogram' | 'gauge';
/** Base units. `ratio` is 0 to 1, `usd` are dollars. */
export type MetricUnit = 'count' | 'seconds' | 'ratio' | 'usd';
/** Values are names that the deployment gives, of which there are few: its pools, its services. */
type Named = 'named';

interface MetricSpec {
  readonly kind: MetricKind;
  readonly unit: MetricUnit;
  readonly help: string;
  /** Every dimension with the values that it can have. Ids of jobs, nodes and workers are none: there is no end of them. */
  readonly dimensions?: Readonly<Record<string, readonly string[] | Named>>;
  /** Upper bounds of a histogram for Prometheus, in its unit; CloudWatch keeps the values themselves. */
  readonly buckets?: readonly number[];
  /** Only there it says something. */
  readonly only?: 'aws' | 'embedded';
}

/** From what is decided at once to what waits for slots for half a day. */
const WAITS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800, 7_200, 43_200];
/** A test of a second to a suite of hours. */
const RUNS = [0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1_800, 3_600, 7_200];
/** A minute is what is promised. */
const FINDS = [1, 5, 10, 20, 30, 45, 60, 90, 120, 300];

const ATTEMPT_ENDS = ['succeeded', 'failed'] as const;
/** `parked`: it is not tried again by itself. */
const DELIVERY_ENDS = ['succeeded', 'failed', 'parked'] as const;
const HELD = ['open', 'halfOpen', 'closed'] as const;
const WORKER_STATUSES = ['active', 'cordoned', 'draining'] as const;

/** What follows from journalled events, whoever runs the engine: `measures.ts`. */
const MEASURED = {
  JobsSubmitted: {
    ...{ kind: 'counter', unit: 'count', help: 'Jobs that were submitted.' },
    dimensions: { priority: PRIORITIES },
  },
  JobsEnded: {
    ...{ kind: 'counter', unit: 'count', help: 'Jobs that ended, by how.' },
    dimensions: { outcome: JOB_OUTCOMES },
  },
  JobQueueWait: {
    ...{ kind: 'histogram', unit: 'seconds', help: 'From the submission of a job to its admission.' },
    ...{ dimensions: { priority: PRIORITIES }, buckets: WAITS },
  },
  JobDuration: {
    ...{ kind: 'histogram', unit: 'seconds', help: 'From the submission of a job to its end.' },
    ...{ dimensions: { outcome: JOB_OUTCOMES }, buckets: [...RUNS, 14_400, 43_200, 86_400] },
  },
  JobCost: {
    ...{ kind: 'histogram', unit: 'usd', help: 'What a job took of AWS, estimated from its attempts.' },
    ...{ buckets: [0.0001, 0.001, 0.01, 0.1, 1, 10], only: 'aws' },
  },
  NodesEnded: {
    ...{ kind: 'counter', unit: 'count', help: 'Nodes that became final, by how.' },
    dimensions: { outcome: OUTCOMES },
  },
  RetriedNodesEnded: {
    ...{ kind: 'counter', unit: 'count', help: 'Nodes that became final after a retry, by how.' },
    dimensions: { outcome: OUTCOMES },
  },
  SchedulingDelay: {
    ...{
      kind: 'histogram',
      unit: 'seconds',
      help: 'From an attempt that is ready to its place in the queue.',
    },
    buckets: WAITS,
  },
  DispatchLatency: {
    ...{
      kind: 'histogram',
      unit: 'seconds',
      help: 'From an attempt that is ready to a worker that gets it.',
    },
    ...{ dimensions: { priority: PRIORITIES }, buckets: WAITS },
  },
  AttemptsEnded: {
    ...{ kind: 'counter', unit: 'count', help: 'Attempts that ended, by how.' },
    dimensions: { outcome: [...ATTEMPT_ENDS, 'lost'] },
  },
  AttemptDuration: {
    ...{ kind: 'histogram', unit: 'seconds', help: 'How long an attempt ran, as its worker measured it.' },
    ...{ dimensions: { outcome: ATTEMPT_ENDS }, buckets: RUNS },
  },
  AttemptFailures: {
    ...{ kind: 'counter', unit: 'count', help: 'Attempts that failed, by the class of the failure.' },
    dimensions: { class: FAILURE_CLASSES },
  },
  RetriesScheduled: {
    ...{
      kind: 'counter',
      unit: 'count',
      help: 'Retries that were scheduled, by how the next attempt differs.',
    },
    dimensions: { strategy: RETRY_STRATEGIES },
  },
  RecoveriesStarted: {
    ...{
      kind: 'counter',
      unit: 'count',
      help: 'Recoveries that were initiated, by what made them necessary.',
    },
    dimensions: { cause: RECOVERY_CAUSES },
  },
  RecoveriesEnded: {
    ...{ kind: 'counter', unit: 'count', help: 'Recoveries that were completed or have failed.' },
    dimensions: { outcome: ['completed', 'failed'] },
  },
  RecoveryTime: {
    ...{ kind: 'histogram', unit: 'seconds', help: 'From the start of a recovery to its completion.' },
    ...{ dimensions: { strategy: RECOVERY_STRATEGIES }, buckets: WAITS },
  },
  LeaseOverrun: {
    ...{ kind: 'histogram', unit: 'seconds', help: 'How late it was found that a lease had run out.' },
    buckets: FINDS,
  },
  WorkersCordoned: { kind: 'counter', unit: 'count', help: 'Workers that were cordoned.' },
  BreakerChanges: {
    ...{
      kind: 'counter',
      unit: 'count',
      help: 'Breakers of dependencies that changed, by what they became.',
    },
    dimensions: { status: HELD },
  },
  LettersParked: {
    ...{ kind: 'counter', unit: 'count', help: 'Letters that were parked, or parked again.' },
    dimensions: { kind: LETTER_KINDS },
  },
  LettersRedriven: { kind: 'counter', unit: 'count', help: 'Letters that were redriven.' },
  LettersResolved: { kind: 'counter', unit: 'count', help: 'Letters that were resolved.' },
  DeliveriesEnded: {
    ...{ kind: 'counter', unit: 'count', help: 'Tries to deliver a notification, by how they ended.' },
    dimensions: { outcome: DELIVERY_ENDS },
  },
} as const satisfies Readonly<Record<string, MetricSpec>>;

const ofPool = { dimensions: { pool: 'named' } } as const;

/** What is so at the moment when somebody looks: `samples.ts`. */
const SAMPLED = {
  JobsWaiting: { kind: 'gauge', unit: 'count', help: 'Jobs that wait to be admitted.', ...ofPool },
  JobsRunning: { kind: 'gauge', unit: 'count', help: 'Jobs that were admitted and are not over.', ...ofPool },
  OldestJobWait: {
    kind: 'gauge',
    unit: 'seconds',
    help: 'How long the job waits that waits longest.',
    ...ofPool,
  },
  AttemptsWaiting: { kind: 'gauge', unit: 'count', help: 'Attempts that wait for a worker.', ...ofPool },
  OldestAttemptWait: {
    ...{ kind: 'gauge', unit: 'seconds', help: 'How long the attempt waits that waits longest.' },
    ...ofPool,
  },
  AttemptsLeased: { kind: 'gauge', unit: 'count', help: 'Attempts that workers have.', ...ofPool },
  Slots: { kind: 'gauge', unit: 'count', help: 'Slots of the workers that take work.', ...ofPool },
  SlotsTaken: { kind: 'gauge', unit: 'count', help: 'Slots of these workers that attempts take.', ...ofPool },
  SlotUtilisation: {
    ...{ kind: 'gauge', unit: 'ratio', help: 'The share of these slots that is taken.' },
    ...ofPool,
  },
  Workers: {
    ...{ kind: 'gauge', unit: 'count', help: 'Workers of a pool, by what they take.' },
    dimensions: { pool: 'named', status: WORKER_STATUSES },
  },
  Breakers: {
    ...{ kind: 'gauge', unit: 'count', help: 'Breakers of dependencies, by how they stand.' },
    dimensions: { status: HELD },
  },
  BreakerOpen: {
    ...{
      kind: 'gauge',
      unit: 'ratio',
      help: 'Whether the breaker of a dependency is open: 1, or half open: 0.5.',
    },
    ...{ dimensions: { dependency: 'named' }, only: 'embedded' },
  },
  LettersWaiting: {
    ...{ kind: 'gauge', unit: 'count', help: 'Letters that are not resolved.' },
    only: 'embedded',
  },
  OldestLetterAge: {
    ...{ kind: 'gauge', unit: 'seconds', help: 'How long the letter lies that was parked first.' },
    only: 'embedded',
  },
} as const satisfies Readonly<Record<string, MetricSpec>>;

const counted = <const Help extends string>(help: Help) =>
  ({ kind: 'counter', unit: 'count', help }) as const;

/** What functions on AWS count of their own work, each under its name as `service`. */
const COUNTED = {
  RequestsRefused: counted('Calls of the API that were answered 4xx.'),
  RequestsFailed: counted('Calls of the API that were answered 5xx.'),
  CallbacksAccepted: counted('Reports of workers that were taken.'),
  InputsDecided: counted('Messages that were decided.'),
  InputsPoisoned: counted('Messages that can never be handled.'),
  InputsPutOff: counted('Messages that come again later.'),
  MessagesTakenAlong: counted('Messages that a full batch took along.'),
  AttemptsDispatched: counted('Attempts that workers took.'),
  DispatchesRefused: counted('Attempts that workers did not take.'),
  EffectsLeftToRelay: counted('Streams with effects that the outbox relay passed on.'),
  EffectsLeftToSweep: counted('Streams with effects that only the sweep found.'),
  EffectsRelayed: counted('Effects that were performed late.'),
  KeysUnavailable: counted('Tokens that could not be verified, as there were no keys.'),
  RecoveriesFailed: counted('Recoveries that failed, once people were told.'),
  WorkersLost: counted('Workers that were held for lost.'),
  GraphsRegistered: counted('Graphs that were registered.'),
  GraphsCollected: counted('Graphs whose state machines were deleted.'),
  LettersLaid: counted('Letters that came to lie in the DLQ.'),
  LettersReturned: counted('Letters that came back from the DLQ.'),
  LettersArchived: counted('Messages that were archived before SQS forgot them.'),
  MessagesParked: counted('Poisoned messages that were listed as letters.'),
  JobsLearned: counted('Jobs that were learned from.'),
  LeftoversRemoved: counted('Leftovers that were removed.'),
  LeftoversFailed: counted('Leftovers that could not be removed.'),
  JournalsDamaged: counted('Journals that do not verify.'),
  RecordsLost: counted('Records of the audit trail that could not be written.'),
  StreamsAnchored: counted('Streams whose heads were anchored.'),
  MachinesBuilt: counted('Graphs whose state machines were made.'),
  MachinesRefused: counted('Graphs whose state machines were not made.'),
  StatesRepaired: counted('States that the reconciler repaired.'),
  WorkflowsLost: counted('Workflows that ended before their jobs.'),
} as const satisfies Readonly<Record<string, MetricSpec>>;

/** What one function, or the daemon, measures of its own work. */
const OWN = {
  LossDetection: {
    ...{
      kind: 'histogram',
      unit: 'seconds',
      help: 'From the last heartbeat of a worker with work to its loss.',
    },
    ...{ buckets: FINDS, only: 'aws' },
  },
  RequestDuration: {
    ...{
      kind: 'histogram',
      unit: 'seconds',
      help: 'How long calls of the API took, by route and class of status.',
    },
    dimensions: { route: 'named', status: ['2xx', '4xx', '5xx'] },
    ...{ buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2.5, 10], only: 'embedded' },
  },
} as const satisfies Readonly<Record<string, MetricSpec>>;

/** Every metric of the engine: functions, daemon, dashboard and alarms know them from here. */
export const METRICS = { ...MEASURED, ...SAMPLED, ...COUNTED, ...OWN } as const;

export type CountedName = keyof typeof COUNTED;
export type MetricName = keyof typeof METRICS;
/** What both runtimes have in common, and is said of the engine as a whole: functions say it under `ENGINE_SERVICE`. */
export type EngineMetric = keyof typeof MEASURED | keyof typeof SAMPLED | keyof typeof OWN;

/** The dimension `service` of what is said of the engine and not of one of its functions. */
export const ENGINE_SERVICE = 'engine';

export const ENGINE_METRICS: Readonly<Record<EngineMetric, MetricSpec>> = {
  ...MEASURED,
  ...SAMPLED,
  ...OWN,
};

type Dimensions<N extends MetricName> = (typeof METRICS)[N] extends { readonly dimensions: infer D }
  ? { readonly [K in keyof D]: D[K] extends readonly string[] ? D[K][number] : string }
  : { readonly [K in never]: string };

/** A value of a metric of the engine, in the unit of the catalogue. */
export type Measurement<N extends EngineMetric = EngineMetric> = {
  [Each in N]: { readonly name: Each; readonly value: number; readonly dimensions: Dimensions<Each> };
}[N];

/** @param dimensions every one that the catalogue lists, and no other. */
export function measured<N extends EngineMetric>(
  name: N,
  value: number,
  ...[dimensions]: keyof Dimensions<N> extends never ? [] : [Dimensions<N>]
): Measurement {
  return { name, value, dimensions: dimensions ?? {} } as Measurement;
}

const SUFFIX: Readonly<Record<MetricUnit, string>> = {
  count: '',
  seconds: '_seconds',
  ratio: '_ratio',
  usd: '_dollars',
};

/** The name that Prometheus knows: `reprise_job_queue_wait_seconds` of `JobQueueWait`. */
export function prometheusName(name: MetricName): string {
  const { kind, unit } = METRICS[name];
  const words = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return `reprise${words}${SUFFIX[unit]}${kind === 'counter' ? '_total' : ''}`;
}
