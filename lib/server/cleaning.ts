import { ulid } from 'ulid';
import { cleanDirectory, reportDirectory } from '../adapters/embedded/cleanup/clean';
import type { Layout } from '../adapters/embedded/disk/layout';
import { realTimer } from '../adapters/system';
import { DAY_MS, type Retention } from '../core/cleanup/retention';
import { RepriseError } from '../core/errors';
import type { Clock, SetTimer } from '../core/model/time';
import type { CleanupStarter } from '../core/ports/cleanup';

export interface CleaningOptions {
  readonly layout: Layout;
  /** As it is when a run begins. */
  readonly retention: () => Retention;
  /** At once and every day; else only when somebody asks. */
  readonly isDaily: boolean;
  /** Whose the daemon is. */
  readonly owner: string;
  readonly clock: Clock;
  readonly setTimer?: SetTimer | undefined;
  /** Hears that a job is gone. */
  readonly onRemoved: (jobId: string) => void;
  readonly warn: (message: string) => void;
}

/** Cleanups of the directory that a daemon serves, one at a time. */
export interface Cleaning extends CleanupStarter {
  /** Begins the daily ones. */
  readonly begin: () => void;
  /** Resolves when what was under way is over, which is soon. */
  readonly close: () => Promise<void>;
}

type Order = Parameters<CleanupStarter['start']>[0];

export function createCleaning(options: CleaningOptions): Cleaning {
  const { layout, retention, isDaily, owner, clock, warn, onRemoved } = options;
  const setTimer = options.setTimer ?? realTimer;
  let underWay: Promise<void> | undefined;
  let isClosed = false;
  let disarm = () => {};

  async function run({ run, by, dryRun }: Order): Promise<void> {
    const log = { error: () => undefined };
    const order = { layout, retention: retention(), clock, run, by, log, hasTime: () => !isClosed };
    if (dryRun) return void (await reportDirectory(order));
    const { removed, stayed } = await cleanDirectory(order);
    for (const { kind, id } of removed) if (kind === 'job') onRemoved(id);
    for (const { kind, id, reason, failed } of stayed)
      if (failed) warn(`the cleanup could not remove ${kind} ${id}: ${reason}`);
  }

  function start(order: Order): void {
    underWay = run(order)
      .catch((error: unknown) => warn(`the cleanup failed: ${(error as Error).message}`))
      .finally(() => {
        underWay = undefined;
      });
  }

  function daily(): void {
    if (isClosed) return;
    disarm = setTimer(daily, DAY_MS);
    // One that somebody asked for does as well.
    if (!underWay) start({ run: ulid(), by: owner, dryRun: false });
  }

  return {
    begin() {
      if (isDaily) daily();
    },
    async start(order) {
      if (underWay) throw new RepriseError('JOB_LOCKED', 'a cleanup is under way: wait until it is over');
      start(order);
    },
    async close() {
      isClosed = true;
      disarm();
      await underWay;
    },
  };
}
