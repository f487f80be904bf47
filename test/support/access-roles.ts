import type { OperationId } from '../../lib/api/operations';
import type { Caller } from '../../lib/core/access/scopes';

/** Who may call: of ana's things, seen from everybody who could ask for them. */
export const ROLES = {
  owner: callerOf('ana'),
  shared: callerOf('ben'),
  other: callerOf('eve'),
  'other tenant': { ...callerOf('globex/ana'), tenant: 'globex' },
  admin: { subject: 'root', scopes: ['orchestration.admin'] },
  worker: { subject: 'fleet', scopes: ['orchestration.worker'] },
  'no scope': { subject: 'ana', scopes: [] },
  anonymous: undefined,
} as const satisfies Readonly<Record<string, Caller | undefined>>;
export type Role = keyof typeof ROLES;

function callerOf(subject: string): Caller {
  const scopes = ['orchestration.jobs', 'orchestration.priority', 'orchestration.retry.critical'];
  return { subject, scopes };
}

/**
 * What a role gets. yes: what it asked for. own: the same, and never anything of ana's. hidden: 404, as if ana's were not there.
 * no: 403. who: 401.
 */
export type Verdict = 'yes' | 'own' | 'hidden' | 'no' | 'who';
type Row = Readonly<Record<Role, Verdict>>;

/** Nothing is allowed that a row does not say. */
const row = (said: Partial<Row>): Row => ({
  ...{ owner: 'no', shared: 'no', other: 'no', 'other tenant': 'no' },
  ...{ admin: 'no', worker: 'no', 'no scope': 'no', anonymous: 'who' },
  ...said,
});

const strangers = { other: 'hidden', 'other tenant': 'hidden' } as const;
const KINDS = {
  /** Of one job: whoever may use it. */
  job: row({ owner: 'yes', shared: 'yes', ...strangers, admin: 'yes' }),
  /** Of one job, and its owner's alone. */
  holder: row({ owner: 'yes', ...strangers, admin: 'yes' }),
  /** Of one thing that is not shared. */
  owned: row({ owner: 'yes', shared: 'hidden', ...strangers, admin: 'yes' }),
  /** By a name that each owner has for themselves. */
  named: row({ owner: 'yes', shared: 'hidden', ...strangers, admin: 'hidden' }),
  /** Of the caller's own: each has theirs. */
  own: row({ owner: 'yes', shared: 'own', other: 'own', 'other tenant': 'own', admin: 'own' }),
  /** Everyone's who has jobs. */
  common: row({ owner: 'yes', shared: 'yes', other: 'yes', 'other tenant': 'yes', admin: 'yes' }),
  deployment: row({ admin: 'yes' }),
  worker: row({ worker: 'yes' }),
  health: row({
    ...{ owner: 'yes', shared: 'yes', other: 'yes', 'other tenant': 'yes' },
    ...{ admin: 'yes', worker: 'yes' },
  }),
  open: row({
    ...{ owner: 'yes', shared: 'yes', other: 'yes', 'other tenant': 'yes' },
    ...{ admin: 'yes', worker: 'yes', 'no scope': 'yes', anonymous: 'yes' },
  }),
} as const;

/** Every operation, and what it is about: a new route does not build without a row. */
const ABOUT: Readonly<Record<OperationId, keyof typeof KINDS>> = {
  submitJob: 'own',
  listJobs: 'own',
  getJob: 'job',
  getJobEvents: 'job',
  getJobGraph: 'job',
  getJobRetries: 'job',
  getJobRecoveries: 'job',
  getJobJUnit: 'job',
  getJobCtrf: 'job',
  cancelJob: 'job',
  pauseJob: 'job',
  unpauseJob: 'job',
  retryJob: 'job',
  rollbackJob: 'job',
  resumeJob: 'job',
  explainNode: 'job',
  reclassifyAttempt: 'job',
  setJobPriority: 'job',
  shareJob: 'holder',
  unshareJob: 'holder',
  getAttemptLog: 'job',
  getTrace: 'job',
  registerGraph: 'own',
  getGraph: 'owned',
  getQueue: 'common',
  listQueues: 'common',
  changeQueue: 'deployment',
  getFlakes: 'own',
  getEffectiveness: 'own',
  getSignature: 'common',
  listQuarantines: 'own',
  getQuarantine: 'named',
  putQuarantine: 'own',
  deleteQuarantine: 'named',
  listTriggers: 'own',
  getTrigger: 'named',
  getTriggerEvents: 'named',
  putTrigger: 'own',
  deleteTrigger: 'named',
  pauseTrigger: 'named',
  unpauseTrigger: 'named',
  fireTrigger: 'named',
  listDependencies: 'common',
  getDependency: 'common',
  forceDependency: 'deployment',
  resetDependency: 'deployment',
  listTargets: 'deployment',
  getTarget: 'deployment',
  testTarget: 'deployment',
  acknowledgeAlert: 'deployment',
  redriveTarget: 'deployment',
  listLetters: 'own',
  getLetters: 'owned',
  redriveLetters: 'owned',
  stopRedrive: 'owned',
  resolveLetters: 'owned',
  assignLetters: 'owned',
  noteLetters: 'owned',
  startCleanup: 'deployment',
  getCleanup: 'deployment',
  getConfig: 'deployment',
  putConfig: 'deployment',
  getConfigHistory: 'deployment',
  listWorkers: 'common',
  listPredictions: 'own',
  registerWorker: 'worker',
  heartbeat: 'worker',
  cordonWorker: 'deployment',
  uncordonWorker: 'deployment',
  attemptStarted: 'worker',
  attemptProgress: 'worker',
  attemptCompleted: 'worker',
  attemptFailed: 'worker',
  reportAttempts: 'worker',
  getBottlenecks: 'deployment',
  getCapacity: 'deployment',
  getUsage: 'deployment',
  getStreamEvents: 'deployment',
  getChanges: 'common',
  whatIf: 'deployment',
  getHealth: 'health',
  getLiveness: 'health',
  getReadiness: 'health',
  getAudit: 'own',
  putEvent: 'own',
  signIn: 'open',
  describeError: 'open',
};

/** What every role gets of every operation. */
export const ACCESS = Object.fromEntries(
  Object.entries(ABOUT).map(([id, kind]) => [id, KINDS[kind]]),
) as Readonly<Record<OperationId, Row>>;

/** As a Markdown table. */
export function rolesTable(): string {
  const roles = Object.keys(ROLES) as Role[];
  const rows = Object.entries(ACCESS).map(
    ([id, verdicts]) => `| \`${id}\` | ${roles.map((role) => verdicts[role]).join(' | ')} |`,
  );
  return [`| operation | ${roles.join(' | ')} |`, `| --- |${' --- |'.repeat(roles.length)}`, ...rows].join(
    '\n',
  );
}
