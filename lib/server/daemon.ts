import { createFileGraphStore } from '../adapters/embedded/disk/graph-store';
import { createFileHistory } from '../adapters/embedded/disk/history';
import { createFileJournalStore } from '../adapters/embedded/disk/journal-store';
import type { Layout } from '../adapters/embedded/disk/layout';
import { createFileLetterList } from '../adapters/embedded/disk/letter-list';
import { type JobLock, lockDirectory } from '../adapters/embedded/disk/lock';
import { keepPrivate } from '../adapters/embedded/disk/privacy';
import type { RunRecord } from '../adapters/embedded/disk/run-record';
import { createEvaluatorPool } from '../adapters/evaluator/pool';
import { listen } from '../adapters/http/listen';
import type { RetryLimits } from '../core/access/retry-limits';
import { SCOPES } from '../core/access/scopes';
import { DEFAULT_RETENTION } from '../core/cleanup/retention';
import type { DependencyPolicies } from '../core/dependency/policy';
import { RepriseError } from '../core/errors';
import type { Escalation } from '../core/model/escalation';
import { present } from '../core/model/present';
import type { Clock, Random, SetTimer } from '../core/model/time';
import type { OnReport, TestExecutionEngine } from '../core/ports/execution';
import type { ExecutionReporting } from '../core/ports/reporting';
import { newToken, writeAddress } from './address';
import { createApp } from './app';
import { type CleaningOptions, createCleaning } from './cleaning';
import { createServedEngine } from './engine';
import { createJobFiles } from './job-files';
import type { NotifyingOptions } from './notifying';
import { reconcileAgainAndAgain } from './reconcile';
import { createReporter } from './reporter';
import { servedRoutes } from './routes';
import { takeUp } from './take-up';

export interface DaemonOptions {
  readonly layout: Layout;
  readonly host: string;
  readonly port: number;
  /** Whose the jobs are. */
  readonly owner: string;
  /** What commands get; holds for every job of this daemon. */
  readonly machine: Omit<RunRecord, 'source' | 'served'>;
  readonly executor: (onReport: OnReport) => Executor;
  /** When the breakers of dependencies open. */
  readonly policies?: DependencyPolicies | undefined;
  /** Who is told when a recovery fails. */
  readonly escalation?: Escalation | undefined;
  readonly clock: Clock;
  readonly random: Random;
  readonly setTimer?: SetTimer;
  /** What nodes may ask for at most when they are tried again. */
  readonly retryLimits?: RetryLimits;
  /** The share of retries that may try what is not known to be best; where absent, nothing is learned. */
  readonly explore?: number;
  /** Who hears how jobs went, once they are over; calls end with the signal. */
  readonly reporting?: (signal: AbortSignal) => ExecutionReporting | undefined;
  /** What is kept, and whether the daemon removes the rest by itself; else it does so when it is asked. */
  readonly cleanup?: Pick<CleaningOptions, 'retention' | 'isDaily'>;
  /** Whom to tell of what happens. */
  readonly notifications?: NotifyingOptions | undefined;
  /** Says what goes wrong and does not end the daemon. */
  readonly warn: (message: string) => void;
}

type Executor = TestExecutionEngine & { readonly close: () => Promise<void> };

export interface Daemon {
  readonly url: string;
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
  const warning = keepPrivate(options.layout);
  if (warning) options.warn(warning);
  const lock = await lockDaemon(options.layout);
  const closing: (() => unknown)[] = [lock.release];
  const close = async () => {
    for (const step of closing.splice(0).reverse()) await step();
  };
  try {
    return { ...(await open(options, closing)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** @param closing what has to be closed, in the order in which it was opened. */
async function open(options: DaemonOptions, closing: (() => unknown)[]): Promise<Omit<Daemon, 'close'>> {
  const { layout, machine, clock, owner, warn } = options;
  const journal = createFileJournalStore(layout);
  closing.push(() => journal.close());
  const files = createJobFiles(layout, journal, machine);
  let fail = (_error: unknown) => {};
  const failed = new Promise<never>((_, reject) => {
    fail = reject;
  });
  // Whoever waits for it hears of it; before somebody does, it must not end the process.
  failed.catch(() => undefined);
  const conditions = createEvaluatorPool();
  closing.push(() => conditions.close());
  const history = createFileHistory(layout);
  const reporter = createReporter({
    ...{ journal, graphs: createFileGraphStore(layout.graphs), warn, reporting: options.reporting },
  });
  closing.push(reporter.close);
  const engine = createServedEngine({
    ...{ layout, journal, files, machine, clock, random: options.random, setTimer: options.setTimer },
    durations: await history.durations(),
    history,
    onFailure: (error) => fail(error),
    onLearned: reporter.report,
    executor: options.executor,
    conditions,
    policies: options.policies,
    escalation: options.escalation,
    notifications: options.notifications,
    ...present({ explore: options.explore }),
  });
  closing.push(() => engine.runtime.executor.close());
  closing.push(() => engine.runtime.close());
  closing.push(() => engine.notifying.close());
  const taken = await takeUp({ engine, layout, journal, files, warn });
  closing.push(reconcileAgainAndAgain({ engine, warn, setTimer: options.setTimer }));

  const cleaning = createCleaning({
    ...{ layout, owner, clock, warn, setTimer: options.setTimer, onRemoved: engine.lists.forget },
    ...(options.cleanup ?? { retention: DEFAULT_RETENTION, isDaily: false }),
  });
  closing.push(() => cleaning.close());

  const { running } = engine.lists;
  const token = newToken();
  const app = createApp({
    routes: servedRoutes({
      engine,
      journal,
      letters: createFileLetterList(layout),
      slots: machine.slots,
      clock,
      cleaning,
      ...present({ retryLimits: options.retryLimits }),
    }),
    token,
    caller: { subject: owner, scopes: Object.values(SCOPES) },
    health: async () => ({ running_jobs: running(), slots: machine.slots }),
    onRefused: ({ route, subject, reason }) => warn(`refused ${JSON.stringify({ route, subject, reason })}`),
    onFault: (message, error) =>
      warn(`${message}: ${error instanceof Error ? (error.stack ?? error.message) : error}`),
  });
  const listening = await listen(app, options);
  closing.push(() => listening.close());
  closing.push(writeAddress(layout, { url: listening.address, token, pid: process.pid }));
  cleaning.begin();
  return { url: listening.address, taken, running, failed };
}

function lockDaemon({ root }: Layout): Promise<JobLock> {
  return lockDirectory(root, ({ pid }) => {
    const message = `process ${pid} serves ${root} already: stop it, or give this one another --journal`;
    return new RepriseError('JOB_LOCKED', message, { context: { pid } });
  });
}
