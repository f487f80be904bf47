import { DEFAULT_QUOTAS } from '../../core/access/quotas';
import { DEFAULT_ESCALATION } from '../../core/model/escalation';

/** What every environment shares unless it says otherwise. Seconds and days are in the names. */
export const BASE = {
  logLevel: 'INFO',
  logRetentionDays: 30,
  dataRetained: true,
  tableKey: 'aws-owned',
  alarms: true,
  deployment: 'ALL_AT_ONCE',
  pools: ['default'],
  queue: { maxWaitingJobs: 10_000 },
  workers: { httpCidrs: [] },
  receivers: { httpCidrs: [] },
  quotas: DEFAULT_QUOTAS,
  retries: { limits: [], explore: 0 },
  recovery: { escalation: DEFAULT_ESCALATION },
  dependencies: {},
  // Queues deliver within seconds, and try again within a minute.
  reconciler: { graceSeconds: 180 },
  functions: { memoryMb: 512, timeoutSeconds: 15 },
  concurrency: {
    account: 1_000,
    // A cached answer of the authorizer serves a token for a minute; a heartbeat is one write; two that decide a pool take
    // turns, and more would decide again what another one has changed.
    reserved: { authorizer: 20, 'worker-heartbeat': 20, 'worker-socket': 20, 'pool-inputs': 2, sweeper: 2 },
    consumers: {
      'job-inputs': 50,
      'pool-inputs': 2,
      'dependency-inputs': 5,
      'letter-inputs': 5,
      'target-inputs': 5,
      notices: 5,
      deliver: 10,
      redrive: 5,
      dispatch: 40,
      timers: 10,
      effects: 20,
      triggers: 10,
      'machine-builder': 2,
      learner: 5,
      sweeper: 2,
    },
  },
  queues: {
    // Three times the function's timeout. The customary six would let a job wait a minute and a half after its
    // function crashed, past the 60 seconds in which a loss must be noticed.
    visibilitySeconds: 45,
    // What cannot be handled now comes again every two minutes at most: half a day of that. What never can does not wait.
    maxReceives: 400,
    dlqDays: 14,
  },
  letters: { maxWaiting: 100, maxAgeDays: 7, archiveDays: 365 },
  machines: { form: 'per-node', unusedDays: 30, budget: 2_000 },
  cleanup: { jobDays: 90, auditDays: 400, dryRun: false },
  audit: { anchored: true, anchorDays: 400, anchorLock: 'governance', anchorWindowSeconds: 300 },
  api: { ratePerSecond: 500, burst: 1_000 },
  auth: { maxLifetimeSeconds: 24 * 3_600 },
} as const;
