import type { ErrorCode } from './errors';

type Unit = 'bytes' | 'characters' | 'levels' | 'values' | 'ms' | 'of them' | 'nodes' | 'letters compared';

/** What is past a bound: refused with this error, or cut where it is only shown or held. */
type Past = ErrorCode | 'cut';

interface Bound {
  readonly most: number;
  readonly unit: Unit;
  readonly of: string;
  readonly past: Past;
}

const bound = (most: number, unit: Unit, of: string, past: Past): Bound => ({ most, unit, of, past });

const KIB = 1_024;
const MIB = 1_024 * KIB;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/**
 * Every bound of what comes from outside, and of what is held or shown of it: one line a bound. Generous for people,
 * small enough that nothing hostile stalls a process or fills its memory. docs/limits.md shows this table.
 */
export const BOUNDS = {
  // The graph: its file, its document, what becomes of it.
  textLength: bound(20 * MIB, 'bytes', 'a file of a graph, a trigger, suites, prices', 'INPUT_TOO_LARGE'),
  yamlLength: bound(4 * MIB, 'characters', 'YAML that is neither JSON nor plain blocks', 'GRAPH_TOO_LARGE'),
  nesting: bound(100, 'levels', 'lists and mappings in each other, in a file or a body', 'GRAPH_SYNTAX'),
  documentValues: bound(2_000_000, 'values', 'a document, aliases written out', 'GRAPH_TOO_LARGE'),
  aliases: bound(1_000, 'of them', 'aliases of one anchor in YAML', 'GRAPH_SYNTAX'),
  nodes: bound(20_000, 'nodes', 'a graph after `shards` and `matrix`', 'GRAPH_TOO_LARGE'),
  edges: bound(500_000, 'of them', 'dependencies after `shards` and `matrix`', 'GRAPH_TOO_LARGE'),
  expandedLength: bound(32 * MIB, 'characters', 'a graph as JSON after expansion', 'GRAPH_TOO_LARGE'),
  entries: bound(20_000, 'of them', 'entries of one list or mapping of a node', 'GRAPH_TOO_LARGE'),
  items: bound(1_000, 'of them', 'items of one `forEach`', 'CONDITION_INVALID'),
  /** They stand in one event of the journal. */
  itemBytes: bound(8 * KIB, 'bytes', 'one item of a `forEach` as JSON', 'CONDITION_INVALID'),
  itemsBytes: bound(128 * KIB, 'bytes', 'the items of one `forEach` as JSON', 'CONDITION_INVALID'),
  variables: bound(
    2 * KIB,
    'of them',
    'variables of a command: an item, a matrix, and `with`',
    'CONDITION_INVALID',
  ),
  variablesBytes: bound(128 * KIB, 'bytes', 'variables of a command as JSON', 'CONDITION_INVALID'),
  withNames: bound(64, 'of them', 'variables under one `with`', 'GRAPH_INVALID'),
  /** They travel with each attempt, and stand in the journal and in the state of a pool. */
  givenBytes: bound(4 * KIB, 'bytes', 'the values of one `with` as JSON', 'CONDITION_INVALID'),
  idLength: bound(
    64,
    'characters',
    'an id, a name of a graph, a label, a parameter, a resource',
    'GRAPH_INVALID',
  ),
  runLength: bound(32 * KIB, 'characters', 'a command, filled in', 'GRAPH_INVALID'),
  suiteLength: bound(256, 'characters', 'a suite, filled in', 'GRAPH_INVALID'),
  conditionLength: bound(
    2 * KIB,
    'characters',
    '`when`, `forEach`, or an expression under `with`',
    'CONDITION_INVALID',
  ),
  labels: bound(32, 'of them', 'labels of a node', 'GRAPH_INVALID'),
  resourceNames: bound(32, 'of them', 'named resources of a node or a worker', 'GRAPH_INVALID'),
  matrixNames: bound(32, 'of them', 'variables of one `matrix`', 'GRAPH_INVALID'),
  matrixValueLength: bound(256, 'characters', 'a value in `matrix`', 'GRAPH_INVALID'),
  secrets: bound(64, 'of them', 'secrets of a graph or a node', 'GRAPH_INVALID'),
  dependencies: bound(16, 'of them', 'dependencies of a node', 'GRAPH_INVALID'),
  graphDependencies: bound(
    64,
    'of them',
    'dependencies that the nodes of a graph name together',
    'GRAPH_TOO_LARGE',
  ),
  concurrencyKeyLength: bound(128, 'characters', 'a concurrency key', 'GRAPH_INVALID'),
  losses: bound(100, 'of them', 'attempts of a node that may be lost', 'GRAPH_INVALID'),
  maxAttempts: bound(100, 'of them', 'attempts of a node', 'GRAPH_INVALID'),
  expressionLength: bound(200, 'characters', 'the expression of a custom delay', 'GRAPH_INVALID'),
  biggerFactor: bound(16, 'of them', 'by how much a retry may ask for more at once', 'GRAPH_INVALID'),
  slots: bound(10_000, 'of them', 'slots, or an amount of a resource, of a node', 'GRAPH_INVALID'),
  /** SQS forgets a message after 14 days, and Node's timers end at 24.8. */
  durationMs: bound(14 * DAY_MS, 'ms', 'a timeout, a delay, an expected duration', 'GRAPH_INVALID'),

  // What is said of what is wrong.
  problemsKept: bound(1_000, 'of them', 'problems that one error carries, and `--json` prints', 'cut'),
  problemsTold: bound(100, 'of them', 'problems in an answer of the API', 'cut'),
  problemsShown: bound(50, 'of them', 'problems on a terminal', 'cut'),
  cycleShown: bound(100, 'nodes', 'a cycle that a terminal shows whole; of a longer one, both ends', 'cut'),
  hintEffort: bound(5_000_000, 'letters compared', 'hints such as "did you mean", of one document', 'cut'),

  // Bodies and fields of the API, of callbacks and of queues.
  bodyBytes: bound(MIB, 'bytes', 'the body of a request without a graph', 'INPUT_TOO_LARGE'),
  /** As much as API Gateway takes. */
  graphBodyBytes: bound(10 * MIB, 'bytes', 'the body of a request with a graph', 'INPUT_TOO_LARGE'),
  bodyValues: bound(200_000, 'values', 'a body without a graph', 'INPUT_TOO_LARGE'),
  /** Lambda answers with no more than 6 MB. */
  sentBytes: bound(5 * MIB, 'bytes', 'a report of a job over REST', 'INPUT_TOO_LARGE'),
  answerBytes: bound(64 * MIB, 'bytes', 'an answer that this program reads', 'INPUT_TOO_LARGE'),
  /** As much as EventBridge takes of an entry. */
  eventBytes: bound(256 * KIB, 'bytes', 'the detail of an event', 'INPUT_INVALID'),
  patternLength: bound(2 * KIB, 'characters', 'an event pattern as JSON', 'TRIGGER_INVALID'),
  patternBytes: bound(8 * KIB, 'bytes', 'an event pattern as JSON', 'TRIGGER_INVALID'),
  outputBytes: bound(16 * KIB, 'bytes', 'the outputs of a node as JSON', 'INPUT_INVALID'),
  outputNames: bound(1_000, 'of them', 'outputs of a node', 'INPUT_INVALID'),
  outputNameLength: bound(128, 'characters', 'the name of an output', 'INPUT_INVALID'),
  parameterBytes: bound(4 * KIB, 'bytes', 'the parameters of a job as JSON', 'INPUT_INVALID'),
  parameterNames: bound(256, 'of them', 'parameters of a job', 'INPUT_INVALID'),
  ownerLength: bound(300, 'characters', 'the owner of a job', 'INPUT_INVALID'),
  sharedWith: bound(20, 'of them', 'users beside its owner who may use a job', 'INPUT_INVALID'),
  sourceLength: bound(256, 'characters', 'the source or the id of an event', 'INPUT_INVALID'),
  hashLength: bound(64, 'characters', 'the hash of a graph', 'INPUT_INVALID'),
  reasonLength: bound(500, 'characters', 'a reason, a message of progress', 'INPUT_INVALID'),
  messageLength: bound(2_000, 'characters', 'a message of a failure', 'INPUT_INVALID'),
  classifiedLength: bound(64 * KIB, 'characters', 'a message that `reprise classify` reads', 'INPUT_INVALID'),
  signalLength: bound(32, 'characters', 'a signal of a failure', 'INPUT_INVALID'),
  /** A server that asks for more is asked again before. */
  retryAfterMs: bound(DAY_MS, 'ms', 'how long a failure asks to be left alone', 'INPUT_INVALID'),
  avoided: bound(8, 'of them', 'workers that a retry avoids', 'cut'),
  retriedNodes: bound(1_000, 'of them', 'nodes that one request tries again', 'INPUT_INVALID'),
  /** More than anybody asks for: each is an execution of Step Functions. */
  runs: bound(1_000_000, 'of them', 'runs of the workflow of a job', 'INPUT_INVALID'),
  retryRules: bound(100, 'of them', 'limits of retries of a deployment', 'INPUT_INVALID'),
  retryLevel: bound(3, 'levels', 'the level of a retry', 'INPUT_INVALID'),
  traceIdLength: bound(512, 'characters', 'a trace id', 'INPUT_INVALID'),
  tokenLength: bound(512, 'characters', 'the token of an attempt', 'INPUT_INVALID'),
  /** Step Functions ends them there. */
  taskTokenLength: bound(2 * KIB, 'characters', 'a task token of Step Functions', 'INPUT_INVALID'),
  urlLength: bound(2 * KIB, 'characters', 'the address of a worker, an ARN', 'INPUT_INVALID'),
  cronLength: bound(256, 'characters', 'a cron expression', 'TRIGGER_INVALID'),
  answerKeptMs: bound(DAY_MS, 'ms', 'the answer to a call with an `Idempotency-Key`, from then on', 'cut'),
  listPage: bound(
    1_000,
    'of them',
    'a page of triggers, workers, dependencies, targets, quarantines',
    'INPUT_INVALID',
  ),
  cursorLength: bound(1_000, 'characters', 'the cursor of a list', 'INPUT_INVALID'),
  resourceAmount: bound(1_000_000_000, 'of them', 'a named resource of a worker', 'INPUT_INVALID'),
  workerLabels: bound(64, 'of them', 'labels of a worker', 'INPUT_INVALID'),
  workerSlots: bound(KIB, 'of them', 'slots of a worker', 'INPUT_INVALID'),
  unfinished: bound(
    KIB,
    'of them',
    'attempts that a worker names as its own when it registers',
    'INPUT_INVALID',
  ),
  heartbeatSeconds: bound(60, 'of them', 'seconds until the next heartbeat of a worker', 'INPUT_INVALID'),
  runningJobs: bound(100_000, 'of them', 'jobs of a pool that may run at once', 'INPUT_INVALID'),
  deadlineMs: bound(365 * DAY_MS, 'ms', 'the deadline of a job, from its submission', 'INPUT_INVALID'),
  attempts: bound(1_000_000, 'of them', 'the number of an attempt, lost ones included', 'INPUT_INVALID'),
  jobsPage: bound(100, 'of them', 'jobs on a page', 'INPUT_INVALID'),
  logPageBytes: bound(MIB, 'bytes', 'a log in one answer', 'INPUT_INVALID'),
  eventsPage: bound(1_000, 'of them', 'events on a page', 'INPUT_INVALID'),
  /** As long as API Gateway gives a call. */
  callMs: bound(29_000, 'ms', 'a call of the API', 'UPSTREAM_UNAVAILABLE'),

  // The audit trail.
  auditText: bound(300, 'characters', 'a reason, or what a command was about, in the audit trail', 'cut'),
  auditPage: bound(500, 'of them', 'records of the audit trail on a page', 'INPUT_INVALID'),
  auditRead: bound(5_000, 'of them', 'records that one page of the audit trail looks at', 'cut'),

  // Reports of tests.
  reports: bound(16, 'of them', '`reports` of a node', 'GRAPH_INVALID'),
  reportPathLength: bound(256, 'characters', 'a path in `reports`', 'GRAPH_INVALID'),
  reportFiles: bound(200, 'of them', 'files of reports that an attempt leaves', 'cut'),
  reportBytes: bound(16 * MIB, 'bytes', 'the reports of an attempt together', 'cut'),
  reportTests: bound(100_000, 'of them', 'tries of tests in the reports of an attempt', 'cut'),
  testNameLength: bound(
    512,
    'characters',
    'a name of a test, of its file or of what it stands in',
    'INPUT_INVALID',
  ),
  testSuites: bound(32, 'levels', 'what a test stands in', 'INPUT_INVALID'),
  testOccurrence: bound(100_000, 'of them', 'tests with the same name', 'INPUT_INVALID'),
  testsListed: bound(
    100,
    'of them',
    'failed tests that an attempt names; more run again with the rest',
    'cut',
  ),
  testsListedBytes: bound(16 * KIB, 'characters', 'their names together as JSON', 'cut'),
  testProblems: bound(10, 'of them', 'problems outside of tests that an attempt names', 'cut'),

  // What earlier jobs measured.
  jobSamples: bound(50_000, 'of them', 'attempts of a job that are learned from', 'cut'),
  sampleTests: bound(100, 'of them', 'failed tests of an attempt that are learned from', 'cut'),
  testLabelLength: bound(200, 'characters', 'the name of a test as flakes and quarantines show it', 'cut'),
  strategyLength: bound(32, 'characters', 'the name of a retry strategy', 'INPUT_INVALID'),
  reportedItems: bound(500, 'of them', 'nodes, failures or workers of a job that one report lists', 'cut'),
  quarantines: bound(200, 'of them', 'quarantines of an owner', 'QUOTA_EXCEEDED'),
  slotHourUsd: bound(1_000_000, 'of them', 'dollars that a slot costs for an hour', 'INPUT_INVALID'),
  quarantineMs: bound(90 * DAY_MS, 'ms', 'how long a quarantine may last', 'INPUT_INVALID'),

  // What is replayed.
  replayedJobs: bound(2_000, 'of them', 'recorded jobs that a plan or a replay looks at', 'INPUT_INVALID'),
  replayedAttempts: bound(10_000, 'of them', 'attempts of a replay: of more the latest', 'cut'),
  horizonHours: bound(8 * 7 * 24, 'of them', 'hours that a forecast looks ahead', 'INPUT_INVALID'),
  fleetKinds: bound(50, 'of them', 'kinds of workers of a fleet that is tried', 'INPUT_INVALID'),
  fleetWorkers: bound(1_000, 'of them', 'workers of a fleet that is tried', 'INPUT_INVALID'),
  scenarios: bound(10, 'of them', 'scenarios that one replay compares', 'INPUT_INVALID'),

  // Letters.
  lettersAtOnce: bound(
    1_000,
    'of them',
    'letters that one order redrives, or one call resolves',
    'INPUT_INVALID',
  ),
  redrivesPerMinute: bound(
    10_000,
    'of them',
    'letters that an order redrives in any minute',
    'INPUT_INVALID',
  ),
  letterTests: bound(10, 'of them', 'failed tests that a letter names', 'cut'),
  lettersWithEvidence: bound(100, 'of them', 'letters of a group that show what they said', 'cut'),
  resolvedLetters: bound(1_000, 'of them', 'resolved letters that a group shows', 'cut'),
  letterNotes: bound(50, 'of them', 'notes that a group shows', 'cut'),
  letterOrders: bound(32, 'of them', 'orders of redrives that a group, or a job, knows again', 'cut'),
  lettersOfNode: bound(8, 'of them', 'groups in which a node has letters', 'cut'),
  poisonedBody: bound(65_536, 'characters', 'the edited text of a poisoned message', 'INPUT_INVALID'),
  lettersPage: bound(100, 'of them', 'groups, or letters of a group, on a page', 'INPUT_INVALID'),

  // Notifications.
  notificationTargets: bound(50, 'of them', 'targets of notifications', 'INPUT_INVALID'),
  notificationRules: bound(100, 'of them', 'rules of notifications', 'INPUT_INVALID'),
  /** A parameter of SSM ends there. */
  deployedNotifications: bound(
    8 * KIB,
    'bytes',
    'targets and rules of a deployment as JSON',
    'INPUT_INVALID',
  ),
  ruleValues: bound(50, 'of them', 'values that a rule matches a field against', 'INPUT_INVALID'),
  recipients: bound(50, 'of them', 'addresses of a target that sends email', 'INPUT_INVALID'),
  escalationSteps: bound(8, 'of them', 'steps of an escalation', 'INPUT_INVALID'),
  escalationMs: bound(7 * DAY_MS, 'ms', 'how long after an alert somebody else is told', 'INPUT_INVALID'),
  dedupeMs: bound(7 * DAY_MS, 'ms', 'for how long the same is told once', 'INPUT_INVALID'),
  noticeTitle: bound(200, 'characters', 'the title of a notice', 'cut'),
  noticeText: bound(1_000, 'characters', 'the text of a notice', 'cut'),
  noticeFacts: bound(12, 'of them', 'facts of a notice', 'cut'),
  noticeFact: bound(300, 'characters', 'a fact of a notice', 'cut'),
  noticeFields: bound(64, 'of them', 'fields of an event that a notice carries', 'cut'),
  noticeDetail: bound(8 * KIB, 'bytes', 'what a notice carries of its event, as JSON', 'cut'),
  heldNotices: bound(1_000, 'of them', 'notices that a target holds back; more are only counted', 'cut'),
  digestNotices: bound(50, 'of them', 'notices that one message tells of', 'cut'),
  queuedDeliveries: bound(
    100,
    'of them',
    'deliveries that wait at a target before they become a digest',
    'cut',
  ),
  parkedDeliveries: bound(
    500,
    'of them',
    'deliveries that a target keeps because they cannot be made, the oldest of more as one digest',
    'cut',
  ),
  knownNotices: bound(1_000, 'of them', 'notices that a target knows again', 'cut'),
  openAlerts: bound(500, 'of them', 'alerts of a target that nobody has acknowledged', 'cut'),
  /** Of receivers only the beginning is looked at. */
  deliveryAnswer: bound(4 * KIB, 'bytes', 'the answer of a receiver of notifications', 'cut'),

  // What a process holds between two inputs.
  warmNodes: bound(100_000, 'nodes', 'folds in memory that other processes write too', 'cut'),
  indexedNodes: bound(200_000, 'nodes', 'graphs in memory, 256 characters of text as another node', 'cut'),
  heldGraphNodes: bound(
    20_000,
    'nodes',
    'graphs of files in memory, those that were put or read last',
    'cut',
  ),
  heldLoadNodes: bound(100_000, 'nodes', 'recorded jobs in memory, for plans and replays', 'cut'),
  heldTraceIds: bound(
    100_000,
    'of them',
    'ids of traces and calls in memory, of journals that were read for them',
    'cut',
  ),
  parsedConditions: bound(1_000, 'of them', 'conditions that are held parsed', 'cut'),
  parsedConditionText: bound(256 * KIB, 'characters', 'their text together', 'cut'),
  knownJobs: bound(10_000, 'of them', 'jobs whose graph a process remembers', 'cut'),
  listedJobs: bound(10_000, 'of them', 'jobs that are over in the list of a daemon', 'cut'),
  heldGraphs: bound(20, 'of them', 'graphs of the bucket that a function holds', 'cut'),
  attemptDirs: bound(256, 'of them', 'directories of attempts that an executor knows for its own', 'cut'),
  callWindow: bound(100, 'of them', 'calls of a dependency that its breaker counts', 'cut'),
  poolDependencies: bound(2_000, 'of them', 'dependencies that a pool knows the state of', 'cut'),
  watchingPools: bound(1_000, 'of them', 'pools that a dependency tells of its state', 'cut'),
  dependencyPolicies: bound(100, 'of them', 'dependencies with a policy of their own', 'INPUT_INVALID'),
  timeZones: bound(64, 'of them', 'time zones whose clocks a process holds', 'cut'),
} as const satisfies Record<string, Bound>;

type Limits = { readonly [Name in keyof typeof BOUNDS]: number };

/** The bounds as numbers. */
export const LIMITS = Object.fromEntries(
  Object.entries(BOUNDS).map(([name, { most }]) => [name, most]),
) as Limits;
