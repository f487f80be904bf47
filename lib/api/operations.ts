import type { ROUTES } from './routes';

export type OperationId = keyof typeof ROUTES;

/** What the document of the API says of a route, besides its schemas. */
interface Operation {
  /** One short sentence, without its full stop. */
  readonly summary: string;
  /** A call that works as it stands where its path exists. */
  readonly example: {
    readonly params?: Readonly<Record<string, string | number>>;
    readonly query?: Readonly<Record<string, string | number>>;
    readonly body?: unknown;
  };
}

const JOB = { jobId: '01KEXAMPLE0J0B0000000000AA' };
const NODE = { ...JOB, nodeId: 'unit' };
const ATTEMPT = { ...NODE, attempt: 1 };
const DIGEST = '5f1c0a9be27d4c38';
const GROUP = { group: DIGEST };
const TRIGGER = { name: 'nightly' };
const DEPENDENCY = { name: 'payments' };
const WORKER = { workerId: 'worker-1' };
const TARGET = { name: 'on-call' };
const POOL = { pool: 'default' };
const GRAPH = {
  name: 'shop',
  nodes: [
    { id: 'build', run: 'echo built' },
    { id: 'unit', needs: ['build'], run: 'echo tested' },
  ],
};

/** Every route, told. A route that is missing here breaks the build. */
export const OPERATIONS: Readonly<Record<OperationId, Operation>> = {
  submitJob: {
    summary: 'Submit a job: a graph that runs',
    example: { body: { execution_graph: GRAPH, priority: 'high', deadline: '30m' } },
  },
  listJobs: { summary: 'List jobs, newest first', example: { query: { status: 'running', limit: 20 } } },
  getJob: { summary: 'Look at a job: its status, progress and nodes', example: { params: JOB } },
  getJobEvents: {
    summary: 'Read the journal of a job',
    example: { params: JOB, query: { from: 1, limit: 100 } },
  },
  getJobGraph: { summary: 'Look at the graph that a job follows', example: { params: JOB } },
  getJobRetries: {
    summary: 'Look at what was tried again in a job, and what that came to',
    example: { params: JOB, query: { limit: 100 } },
  },
  getJobRecoveries: {
    summary: 'Look at what was recovered in a job: lost attempts, ended workflows',
    example: { params: JOB, query: { limit: 100 } },
  },
  getJobJUnit: { summary: 'Read what became of a job as JUnit', example: { params: JOB } },
  getJobCtrf: { summary: 'Read what became of a job as CTRF', example: { params: JOB } },
  cancelJob: {
    summary: 'Cancel a job',
    example: { params: JOB, body: { reason: 'the branch is gone' } },
  },
  pauseJob: {
    summary: 'Pause a job: what runs goes on, nothing else is handed out',
    example: { params: JOB, body: { reason: 'staging is being upgraded' } },
  },
  unpauseJob: {
    summary: 'Unpause a job',
    example: { params: JOB, body: { reason: 'staging is back' } },
  },
  retryJob: {
    summary: 'Try again what failed in a job, or waits for its next attempt',
    example: { params: JOB, body: { nodes: ['unit'], reason: 'the certificate is renewed' } },
  },
  rollbackJob: {
    summary: 'Undo what a job did, in reverse order',
    example: { params: JOB, body: { reason: 'the release is withdrawn' } },
  },
  resumeJob: {
    summary: 'Resume a job that ended, over the same graph or a changed one',
    example: { params: JOB, body: { dry_run: true } },
  },
  explainNode: { summary: 'Explain why a node is where it is', example: { params: NODE } },
  reclassifyAttempt: {
    summary: 'Say what the failure of an attempt was',
    example: { params: ATTEMPT, body: { class: 'network', reason: 'the proxy was down' } },
  },
  setJobPriority: {
    summary: 'Change the priority of a job',
    example: { params: JOB, body: { priority: 'critical' } },
  },
  shareJob: {
    summary: 'Let a user use a job as its owner does',
    example: { params: JOB, body: { user: 'ben' } },
  },
  unshareJob: {
    summary: 'Take back what a job was shared with a user for',
    example: { params: JOB, body: { user: 'ben' } },
  },

  registerGraph: {
    summary: 'Register a graph: compile it and make its state machines',
    example: { body: { execution_graph: GRAPH } },
  },
  getGraph: {
    summary: 'Look at a registered graph and its machines',
    example: { params: { hash: '0'.repeat(64) } },
  },

  listQueues: { summary: 'List the queues of all pools', example: { query: { sort: '-waiting' } } },
  getQueue: { summary: 'Look at the queue of a pool and its workers', example: { params: POOL } },
  changeQueue: {
    summary: 'Change what the queue of a pool lets in',
    example: { params: POOL, body: { max_running_jobs: 200 } },
  },

  getFlakes: { summary: 'List what failed lately, proposals for quarantine first', example: {} },
  getEffectiveness: {
    summary: 'See what retries came to',
    example: { query: { slot_hour_usd: 0.04 } },
  },
  getSignature: {
    summary: 'Look at what is known of one kind of failure',
    example: { params: { signature: DIGEST } },
  },
  listQuarantines: { summary: 'List known flakes', example: {} },
  getQuarantine: { summary: 'Look at a quarantine', example: { params: { id: DIGEST } } },
  putQuarantine: {
    summary: 'Enter a known flake: its failures do not count until it expires',
    example: {
      params: { id: DIGEST },
      body: {
        of: 'test',
        name: 'checkout > pays by card',
        owner: 'team-payments',
        reason: 'the sandbox of the bank is slow at night',
        expires_at: '2027-01-15T00:00:00Z',
      },
    },
  },
  deleteQuarantine: { summary: 'End a quarantine', example: { params: { id: DIGEST } } },

  listTriggers: { summary: 'List triggers', example: {} },
  getTrigger: { summary: 'Look at a trigger', example: { params: TRIGGER } },
  getTriggerEvents: {
    summary: 'Read the journal of a trigger',
    example: { params: TRIGGER, query: { limit: 20 } },
  },
  putTrigger: {
    summary: 'Make or change a trigger: a schedule, or a pattern of events',
    example: {
      params: TRIGGER,
      body: {
        on: { schedule: { cron: '0 3 * * *', timezone: 'Europe/Paris' } },
        overlap: 'skip',
        job: { execution_graph: GRAPH },
      },
    },
  },
  deleteTrigger: { summary: 'Remove a trigger', example: { params: TRIGGER } },
  pauseTrigger: {
    summary: 'Pause a trigger',
    example: { params: TRIGGER, body: { reason: 'a week of holidays' } },
  },
  unpauseTrigger: {
    summary: 'Unpause a trigger',
    example: { params: TRIGGER, body: { reason: 'back at work' } },
  },
  fireTrigger: { summary: 'Fire a trigger now', example: { params: TRIGGER } },

  listDependencies: { summary: 'List external dependencies and their breakers', example: {} },
  getDependency: { summary: 'Look at a dependency', example: { params: DEPENDENCY } },
  forceDependency: {
    summary: 'Hold the breaker of a dependency open or closed',
    example: { params: DEPENDENCY, body: { state: 'open', reason: 'it is being upgraded' } },
  },
  resetDependency: {
    summary: 'Close the breaker of a dependency and count anew',
    example: { params: DEPENDENCY, body: { reason: 'the upgrade is done' } },
  },

  listLetters: { summary: 'List dead letters, grouped by signature', example: {} },
  getLetters: { summary: 'Look at a group of dead letters', example: { params: GROUP } },
  redriveLetters: {
    summary: 'Redrive what is parked: one letter first, the rest when it has ended well',
    example: { params: GROUP, body: { mode: 'canary', reason: 'the fix is deployed' } },
  },
  stopRedrive: {
    summary: 'Stop the redrive that is under way: what is left of it stays parked',
    example: { params: GROUP, body: { reason: 'the proxy is down again' } },
  },
  resolveLetters: {
    summary: 'Resolve letters without running them again',
    example: { params: GROUP, body: { how: 'skip', reason: 'the feature is gone' } },
  },
  assignLetters: {
    summary: 'Assign letters to a person',
    example: { params: GROUP, body: { to: 'ana' } },
  },
  noteLetters: {
    summary: 'Leave a note beside letters',
    example: { params: GROUP, body: { text: 'Seen since the upgrade of the driver.' } },
  },
  startCleanup: {
    summary: 'Start a cleanup, or say what it would remove',
    example: { body: { dry_run: true } },
  },
  getCleanup: { summary: 'Look at the latest cleanup', example: {} },
  getHealth: { summary: 'Say how the engine is, and all that it depends on', example: {} },
  getLiveness: { summary: 'Say whether the process answers', example: {} },
  getReadiness: { summary: 'Say whether calls can be served', example: {} },
  getConfig: { summary: 'Look at the configuration, and where each value comes from', example: {} },
  putConfig: {
    summary: 'Set keys of the configuration, in place of those that were set (If-Match: the version)',
    example: { body: { set: { 'retries.explore': 0.05 }, reason: 'to learn' } },
  },
  getConfigHistory: { summary: 'Look at what was changed of the configuration, latest first', example: {} },

  listWorkers: { summary: 'See how the workers of a pool are', example: { query: { pool: 'default' } } },
  listPredictions: { summary: 'List what may be about to fail', example: {} },
  registerWorker: {
    summary: 'Register a worker',
    example: {
      body: {
        worker_id: 'worker-1',
        pool: 'default',
        endpoint: 'http://10.0.0.7:7070',
        slots: 4,
        labels: [],
      },
    },
  },
  heartbeat: {
    summary: 'Tell that a worker is alive',
    example: { params: WORKER, body: { running: 1 } },
  },
  cordonWorker: {
    summary: 'Give a worker nothing new',
    example: { params: WORKER, body: { reason: 'its disk is replaced' } },
  },
  uncordonWorker: { summary: 'Give a worker work again', example: { params: WORKER, body: {} } },

  attemptStarted: {
    summary: 'Report that an attempt has started',
    example: { params: ATTEMPT, body: { worker_id: 'worker-1' } },
  },
  attemptProgress: {
    summary: 'Report how far an attempt is',
    example: { params: ATTEMPT, body: { worker_id: 'worker-1', percentage: 40 } },
  },
  attemptCompleted: {
    summary: 'Report that an attempt has succeeded',
    example: { params: ATTEMPT, body: { worker_id: 'worker-1', duration_ms: 1200, outputs: {} } },
  },
  attemptFailed: {
    summary: 'Report that an attempt has failed',
    example: {
      params: ATTEMPT,
      body: {
        worker_id: 'worker-1',
        duration_ms: 1200,
        failure: { kind: 'exit', exitCode: 1, message: 'exit status 1' },
      },
    },
  },
  reportAttempts: {
    summary: 'Report on several attempts at once',
    example: {
      params: WORKER,
      body: {
        reports: [
          {
            job_id: JOB.jobId,
            node_id: 'unit',
            attempt: 1,
            attempt_token: 'attempt-token',
            callback: 'started',
            body: { worker_id: 'worker-1' },
          },
        ],
      },
    },
  },

  getStreamEvents: {
    summary:
      'Read the journal of any stream: pools, letters, targets, breakers, the configuration, days of the audit trail',
    example: { params: { kind: 'pool', id: 'default' }, query: { from: 1, limit: 100 } },
  },
  getTrace: {
    summary: 'Read all that carries the id of a job, a trace or a call',
    example: { params: { id: '4bf92f3577b34da6a3ce929d0e0e4736' }, query: { from: 0, limit: 100 } },
  },
  getAttemptLog: {
    summary: 'Read what the command of an attempt wrote, also while it runs',
    example: { params: ATTEMPT, query: { stream: 'stderr', from: 0 } },
  },
  describeError: {
    summary: 'Read what an error means, and what mends it',
    example: { params: { code: 'INPUT_INVALID' } },
  },
  signIn: { summary: 'Say how to come to a token', example: {} },
  getAudit: {
    summary: 'List who asked for what',
    example: { query: { outcome: 'refused', from: '2026-11-29T00:00:00.000Z' } },
  },
  getBottlenecks: {
    summary: 'Say what bounds the makespan of the latest jobs of a pool, and what more of it would win',
    example: { query: { pool: 'default', jobs: 100 } },
  },
  getCapacity: {
    summary: 'Forecast the demand of a pool, and recommend the fleet that keeps waits short',
    example: {
      query: {
        ...POOL,
        jobs: 500,
        target_wait_seconds: 60,
        horizon_hours: 168,
        worker_hour_usd: '0.10,gpu=0.90',
      },
    },
  },
  getUsage: {
    summary: 'Say what the slots of a pool did over time, and who had them',
    example: { query: { ...POOL, jobs: 100, hours: 24 } },
  },
  getChanges: { summary: 'Hear what changes, as server-sent events', example: {} },
  whatIf: {
    summary: 'Replay recorded jobs on other fleets, under other rules or prices, beside what happened',
    example: {
      body: {
        ...{ ...POOL, jobs: 100, worker_hour_usd: '0.10' },
        scenarios: [
          { name: 'ten more', fleet: [{ labels: ['linux'], slots: 4, count: 20 }] },
          { name: 'as they come', order: 'arrival', fair: false },
        ],
      },
    },
  },

  listTargets: { summary: 'List the targets of notifications', example: {} },
  getTarget: {
    summary: 'Look at a target: how it stands, what waits, what could not be sent',
    example: { params: TARGET },
  },
  testTarget: { summary: 'Send a sample to a target', example: { params: TARGET } },
  acknowledgeAlert: {
    summary: 'Take up an alert: it is not escalated further',
    example: { params: TARGET, body: { alert: 'recovery/01KEXAMPLE0J0B0000000000AA/unit' } },
  },
  redriveTarget: {
    summary: 'Send again what could not be sent',
    example: { params: TARGET, body: { deliveries: ['01KEXAMPLE0D0E0000000000AA'] } },
  },
  putEvent: {
    summary: 'Put an event: triggers whose pattern asks for it fire',
    example: {
      body: { source: 'deployments', 'detail-type': 'deployed', detail: { environment: 'staging' } },
    },
  },
};
