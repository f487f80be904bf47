import { withArchivedDays } from '../adapters/embedded/cleanup/archived-days';
import { createFileAnswers } from '../adapters/embedded/disk/answers';
import { createFileGraphOwners } from '../adapters/embedded/disk/graph-owners';
import { createFileGraphStore } from '../adapters/embedded/disk/graph-store';
import { createFileHistory } from '../adapters/embedded/disk/history';
import { createFileJournalStore } from '../adapters/embedded/disk/journal-store';
import type { Layout } from '../adapters/embedded/disk/layout';
import { createFileLetterList } from '../adapters/embedded/disk/letter-list';
import { type JobLock, lockDirectory } from '../adapters/embedded/disk/lock';
import type { RunRecord } from '../adapters/embedded/disk/run-record';
import { openDirectory } from '../adapters/embedded/disk/store';
import { createFileTraceIndex } from '../adapters/embedded/disk/trace-index';
import { startFacts } from '../adapters/embedded/doctor/facts';
import { keptTests } from '../adapters/embedded/runtime/kept-results';
import { createEvaluatorPool } from '../adapters/evaluator/pool';
import { fetchedKeys } from '../adapters/http/issuer-keys';
import { listen } from '../adapters/http/listen';
import { createTokenVerifier } from '../adapters/http/token-verifier';
import { describeError } from '../api/errors';
import { probes } from '../api/health';
import { type OwnedGraphs, ownedGraphs, sharedGraphs } from '../api/owned-graphs';
import { signIn } from '../api/sign-in';
import type { VerifyToken } from '../core/access/identity';
import { originsOfSignIn, type TokenIssuer } from '../core/access/issuer';
import type { Rate } from '../core/access/rate';
import { SCOPES } from '../core/access/scopes';
import { createAuditTrail } from '../core/audit/trail';
import type { Retention } from '../core/cleanup/retention';
import type { Configuration } from '../core/configuration/keys';
import { checkStart } from '../core/doctor/machine';
import { RepriseError } from '../core/errors';
import type { Clock, Random, SetTimer } from '../core/model/time';
import type { OnReport, TestExecutionEngine } from '../core/ports/execution';
import type { ExecutionReporting } from '../core/ports/reporting';
import type { JournalStore } from '../core/ports/stores';
import { measured } from '../core/projections/metrics';
import { newToken, writeAddress } from './address';
import { anchorAgainAndAgain } from './anchoring';
import { type AppOptions, createApp } from './app';
import { reviewAgainAndAgain } from './capacity-review';
import { type Changes, createChanges } from './changes';
import { createCleaning } from './cleaning';
import { type DaemonConfigOptions, openDaemonConfig } from './configuration';
import { builtPage } from './dashboard';
import { createServedEngine, type ServedEngine } from './engine';
import { createJobFiles } from './job-files';
import { createPrometheus, type Prometheus } from './metrics';
import { migrateHeld } from './migrating';
import type { NotifyingOptions } from './notifying';
import { reconcileAgainAndAgain } from './reconcile';
import { createReporter } from './reporter';
import { servedRoutes } from './routes';
import { takeUp } from './take-up';
import { createVitals, type Vitals } from './vitals';

export interface DaemonOptions {
  readonly layout: Layout;
  readonly host: string;
  readonly port: number;
  /** Who started it, and may do everything. */
  readonly owner: string;
  /** Whose tokens it believes besides: it has many owners then. */
  readonly issuer?: TokenIssuer | undefined;
  /** How often each caller may ask. */
  readonly rate?: Rate;
  /** Names by which it may be asked, beside addresses and `localhost`. */
  readonly names?: readonly string[];
  /** What commands get; holds for every job of this daemon. */
  readonly machine: Omit<RunRecord, 'source' | 'served'>;
  readonly executor: (onReport: OnReport) => Executor;
  /** Where its configuration comes from, beside what people set in it. */
  readonly config: DaemonConfigOptions;
  readonly clock: Clock;
  readonly random: Random;
  readonly setTimer?: SetTimer;
  /** Who hears how jobs went, once they are over; calls end with the signal. */
  readonly reporting?: (signal: AbortSignal) => ExecutionReporting | undefined;
  /** Removes what is past its retention by itself; else it does so when it is asked. */
  readonly cleansDaily?: boolean;
  /** Whom to tell of what happens. */
  readonly notifications?: NotifyingOptions | undefined;
  /** Says what goes wrong and does not end the daemon. */
  readonly warn: (message: string) => void;
}

type Executor = TestExecutionEngine & { readonly close: () => Promise<void> };

export interface Daemon {
  readonly url: string;
  /** What its callers have to present. */
  readonly token: string;
  /** Jobs and triggers that were taken up at the start. */
  readonly taken: { readonly jobs: number; readonly triggers: number };
  /** Jobs that are not over. */
  readonly running: () => number;
  /** Rejects when the daemon cannot go on, for example when the disk is full. */
  readonly failed: Promise<never>;
  /** Takes no more requests and ends; commands run on, and the next daemon adopts them. */
  readonly close: () => Promise<void>;
}

/** The embedded engine as a server. @throws RepriseError JOB_LOCKED when another one has the directory. */
export async function startDaemon(options: DaemonOptions): Promise<Daemon> {
  const { layout, machine, warn, clock } = options;
  const warning = await openDirectory(layout);
  if (warning) warn(warning);
  const lock = await lockDaemon(layout);
  const closing: (() => unknown)[] = [];
  const close = async () => {
    const failures: unknown[] = [];
    for (const step of closing.splice(0).reverse()) {
      try {
        await step();
      } catch (error) {
        failures.push(error);
      }
    }
    // A stream that could not be given up stays with this process until it has ended, and so does the directory.
    if (failures.length > 0) throw failures[0];
    lock.release();
  };
  try {
    await migrateHeld(layout, { warn, clock });
    for (const { verdict, id, seen, mend } of checkStart(
      await startFacts({ layout, slots: machine.slots }),
    )) {
      if (verdict !== 'pass') warn(`${verdict}: ${id}: ${seen}; ${mend}`);
    }
    return { ...(await open(options, closing)), close };
  } catch (error) {
    await close().catch(() => undefined);
    throw error;
  }
}

/** @param closing what has to be closed, in the order in which it was opened. */
async function open(options: DaemonOptions, closing: (() => unknown)[]): Promise<Omit<Daemon, 'close'>> {
  const { layout, machine, clock, owner, warn, setTimer } = options;
  const changes = createChanges();
  const { failed, fail, failure } = failing();
  const log = { onFailure: (cause: unknown) => fail(logFailed(layout, cause)) };
  const journal = changes.heard(createFileJournalStore(layout, { log }));
  closing.push(() => journal.close());
  const config = await openDaemonConfig({ ...options.config, journal, owner, clock, warn });
  const files = createJobFiles(layout, journal, machine);
  const conditions = createEvaluatorPool();
  closing.push(() => conditions.close());
  const history = createFileHistory(layout);
  const reporter = createReporter({
    ...{ journal, graphs: createFileGraphStore(layout.graphs), warn, reporting: options.reporting },
  });
  closing.push(reporter.close);
  const prometheus = createPrometheus();
  const engine = createServedEngine({
    ...{ layout, journal, files, history, conditions, machine, clock, random: options.random, setTimer },
    ...{ onFailure: fail, onLearned: reporter.report, onMeasured: prometheus.measure },
    ...{ executor: options.executor, notifications: options.notifications },
    configuration: config.current,
  });
  closing.push(() => engine.runtime.executor.close());
  closing.push(() => engine.runtime.close());
  closing.push(() => engine.notifying.close());
  const taken = await takeUp({ engine, layout, journal, files, warn });
  closing.push(anchorAgainAndAgain({ layout, clock, setTimer, warn }));
  closing.push(reconcileAgainAndAgain({ engine, warn, setTimer }));
  closing.push(reviewAgainAndAgain({ engine, warn, clock, setTimer }));

  const cleaning = createCleaning({
    ...{ layout, owner, clock, warn, setTimer, onRemoved: engine.lists.forget },
    retention: () => retentionIn(config.current()),
    isDaily: options.cleansDaily ?? false,
  });
  closing.push(() => cleaning.close());

  const { running } = engine.lists;
  const letters = createFileLetterList(layout);
  const vitals = createVitals({
    ...{ engine, letters, owner, root: layout.root, failure, clock, setTimer },
  });
  const token = newToken();
  const app = createApp({
    routes: servedRoutes({
      engine,
      journal,
      audit: withArchivedDays(journal, layout),
      letters,
      traces: createFileTraceIndex(journal),
      keptTests: (jobId) => keptTests(layout, jobId),
      slots: machine.slots,
      clock,
      cleaning,
      config,
      checkup: vitals.checkup,
      graphs: graphsOf(options, engine),
    }),
    token,
    trail: trailOf({ journal, clock, warn }),
    keeping: { answers: createFileAnswers(layout, clock), clock },
    caller: { subject: owner, scopes: Object.values(SCOPES) },
    ...{ dashboard: builtPage('dashboard'), apiPage: builtPage('api') },
    signInOrigins: options.issuer && originsOfSignIn(options.issuer.issuer, options.issuer.signInOrigins),
    health: async () => ({ running_jobs: running(), slots: machine.slots }),
    ...observed({ prometheus, vitals, changes }),
    open: [...probes(vitals.checkup), signIn(options.issuer), describeError()],
    ...callersOf(options),
    ...heardBy(warn),
  });
  const listening = await listen(app, options);
  closing.push(() => listening.close());
  closing.push(writeAddress(layout, { url: listening.address, token, pid: process.pid }));
  closing.push(config.follow());
  cleaning.begin();
  return { url: listening.address, token, taken, running, failed };
}

/** Whoever may call it beside the one who started it, under which names, and how often. */
function callersOf({ issuer, clock, rate = DEFAULT_RATE, names = [], host }: DaemonOptions) {
  return { ...{ rate, clock, names: [...names, host] }, verify: issuer && verifierOf(issuer, clock) };
}

/** Generous: it is to end what runs wild. */
const DEFAULT_RATE: Rate = { perSecond: 1_000, burst: 2_000 };

function verifierOf({ issuer, audience, jwksUri, ...use }: TokenIssuer, clock: Clock): VerifyToken {
  const keys = fetchedKeys({ issuer, jwksUri, clock });
  return createTokenVerifier({ ...use, issuer, keys, clock, audiences: [audience].flat() });
}

/** With one owner every graph is theirs; with many, that of whoever brought it. */
function graphsOf({ issuer, layout, clock }: DaemonOptions, { graphs }: ServedEngine): OwnedGraphs {
  if (!issuer) return sharedGraphs(graphs);
  const owners = createFileGraphOwners(layout.graphOwners);
  return ownedGraphs({ graphs, owners, clock, take: async () => undefined });
}

function trailOf({
  journal,
  clock,
  warn,
}: Pick<DaemonOptions, 'clock' | 'warn'> & { journal: JournalStore }) {
  return createAuditTrail({
    ...{ journal, clock, shards: 1, shard: 0 },
    onLost: (record, error) =>
      warn(`the audit trail has no record of ${JSON.stringify(record)}: ${(error as Error).message}`),
  });
}

function logFailed({ wal }: Layout, cause: unknown): Error {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new Error(
    `the log in ${wal} can take no more: ${why}. What was acknowledged is on the disk: see to that, and start the daemon again`,
    { cause },
  );
}

/** Who hears what was refused, and what went wrong on our side. */
function heardBy(warn: DaemonOptions['warn']): Pick<AppOptions, 'onRefused' | 'onFault'> {
  return {
    onRefused: (refused) => warn(`refused ${JSON.stringify(refused)}`),
    onFault: (message, error) =>
      warn(`${message}: ${error instanceof Error ? (error.stack ?? error.message) : error}`),
  };
}

/** Why the daemon cannot go on, where it cannot. */
function failing() {
  let failure: unknown;
  let reject: (error: unknown) => void = () => {};
  const failed = new Promise<never>((_, refuse) => {
    reject = refuse;
  });
  // Whoever waits for it hears of it; before somebody does, it must not end the process.
  failed.catch(() => undefined);
  function fail(error: unknown): void {
    failure ??= error;
    reject(error);
  }
  return { failed, fail, failure: () => failure };
}

/** What is answered to whoever asks, and what is measured of all answers. */
function observed(from: {
  readonly prometheus: Prometheus;
  readonly vitals: Vitals;
  readonly changes: Changes;
}) {
  const { prometheus, vitals, changes } = from;
  return {
    changes,
    metrics: async () => prometheus.text(await vitals.sample()),
    onAnswered: ({ route, status, ms }: { route: string; status: number; ms: number }) =>
      prometheus.measure([measured('RequestDuration', ms / 1_000, { route, status: classOf(status) })]),
  };
}

function classOf(status: number): '2xx' | '4xx' | '5xx' {
  return status >= 500 ? '5xx' : status >= 400 ? '4xx' : '2xx';
}

const retentionIn = (config: Configuration): Retention => ({
  jobDays: config['cleanup.jobDays'],
  auditDays: config['cleanup.auditDays'],
  keepJobs: config['cleanup.keepJobs'],
});

function lockDaemon({ root }: Layout): Promise<JobLock> {
  return lockDirectory(root, ({ pid }) => {
    const message = `process ${pid} serves ${root} already: stop it, or give this one another --journal`;
    return new RepriseError('JOB_LOCKED', message, { context: { pid } });
  });
}
