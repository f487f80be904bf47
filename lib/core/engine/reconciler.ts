import type { Actor } from '../journal/envelope';
import { dependencyAt, poolAt } from '../messages/address';
import { attemptKey } from '../model/attempt';
import type { Clock } from '../model/time';
import type { EffectPorts } from '../ports/effects';
import type { Log } from '../ports/log';
import type { ExecutionSightings, RunningExecution, WorkerSightings } from '../ports/sightings';
import type { JournalStore } from '../ports/stores';
import type { StreamReader } from '../ports/streams';
import { leasedBy } from '../recovery/reconcile/leased';
import { type Repair, repairKey } from '../recovery/reconcile/repair';
import type { RunningAttempt } from '../recovery/reconcile/sighted';
import { jobsOf, reconcileDependency, reconcileExecution } from '../recovery/reconcile/strays';
import { settleAll } from './parallel';
import { performEffect } from './perform';
import { foldOf, reconcileFired } from './reconciler-folds';
import { createRound, type Found, type JobSubject, lookAtJobs } from './reconciler-round';

export interface ReconcilerDeps {
  readonly streams: StreamReader;
  readonly ports: EffectPorts;
  readonly journal: Pick<JournalStore, 'read'>;
  readonly executions: ExecutionSightings;
  readonly workers: WorkerSightings;
  readonly clock: Clock;
  /** What is younger counts as under way, milliseconds. */
  readonly graceMs: number;
  /** Passes between the two looks that a repair takes: what was under way at the first one arrives meanwhile. */
  readonly pause: () => Promise<unknown>;
  readonly log: Pick<Log, 'warn'>;
  readonly onRepair?: (repair: Repair) => void;
}

/** What is compared with the world. */
export type Subject =
  | ({ readonly kind: 'job' } & JobSubject)
  | { readonly kind: 'trigger'; readonly id: string }
  | { readonly kind: 'dependency'; readonly id: string }
  | { readonly kind: 'execution'; readonly execution: RunningExecution };

/** Brings journal and world into step. Safe to run twice, at once, and while work goes on. */
export interface Reconciler {
  /**
   * Repairs what two looks at these find out of step, one after the other. What cannot be looked at now is left for the next time.
   * @returns what was repaired.
   */
  readonly reconcile: (subjects: readonly Subject[]) => Promise<readonly Repair[]>;
  /**
   * Jobs that a pool gives reason to look at: those that it knows and that are not among the open ones, and those whose
   * attempts a worker has of which one cannot be sure.
   */
  readonly suspects: (poolId: string, open: ReadonlySet<string>) => Promise<readonly Subject[]>;
}

const RECONCILER: Actor = { kind: 'engine', id: 'reconciler' };

/** Looks and repairs under way at a time. */
const PARALLEL = 8;

export function createReconciler(deps: ReconcilerDeps): Reconciler {
  async function look(subjects: readonly Subject[]): Promise<readonly Found[]> {
    const round = createRound(deps);
    const jobs = subjects.filter((subject) => subject.kind === 'job');
    const others = subjects.filter((subject) => subject.kind !== 'job');
    const found: Found[] = [...(await lookAtJobs(round, jobs))];
    const errors = await settleAll(others, PARALLEL, async (subject) => {
      found.push(...(await lookAtOther(deps, subject)));
    });
    for (const error of errors) if (error !== undefined) unseen(deps.log, error);
    return found;
  }

  return {
    async reconcile(subjects) {
      const first = await look(subjects);
      if (first.length === 0) return [];
      await deps.pause();
      const keys = new Set(first.map(({ repair }) => repairKey(repair)));
      const named = new Set(first.map(({ of }) => of));
      const again = await look(subjects.filter((subject) => named.has(nameOf(subject))));
      const both = again.filter(({ repair }) => keys.has(repairKey(repair)));
      const errors = await settleAll(both, PARALLEL, (found) => perform(deps, found));
      return both.flatMap(({ repair }, i) => {
        if (errors[i] === undefined) return [repair];
        deps.log.warn('a repair failed: the next turn makes it', { ...repair.subject, error: errors[i] });
        return [];
      });
    },
    async suspects(poolId, open) {
      const { state } = await deps.streams.view(poolAt(poolId));
      const leased = leasedBy(state);
      const trusted = await deps.workers.trusted(poolId, leased);
      const doubted = [...leased.keys()].filter((workerId) => !trusted.has(workerId));
      const running = await runningOn(deps, poolId, doubted);
      const unleased = running.filter((ref) => !state.leases.has(attemptKey(ref)));
      const ids = new Set([...jobsOf(state)].filter((jobId) => !open.has(jobId)));
      for (const { work, workerId } of state.leases.values()) if (!trusted.has(workerId)) ids.add(work.jobId);
      for (const { jobId } of unleased) ids.add(jobId);
      return [...ids].map((id) => {
        return { kind: 'job', id, poolId, running: unleased.filter(({ jobId }) => jobId === id) };
      });
    },
  };
}

/** What workers say they run. */
async function runningOn(
  { workers, log }: ReconcilerDeps,
  pool: string,
  workerIds: readonly string[],
): Promise<readonly RunningAttempt[]> {
  const running: RunningAttempt[] = [];
  const errors = await settleAll(workerIds, PARALLEL, async (workerId) => {
    const sighting = await workers.of({ pool, workerId }, []);
    for (const ref of sighting?.running ?? []) running.push({ ...ref, workerId });
  });
  for (const error of errors) if (error !== undefined) unseen(log, error);
  return running;
}

function nameOf(subject: Subject): string {
  return `${subject.kind}/${subject.kind === 'execution' ? subject.execution.id : subject.id}`;
}

function unseen(log: Pick<Log, 'warn'>, error: unknown): void {
  log.warn('something could not be compared with the world now', { error: error as Error });
}

async function lookAtOther(
  deps: ReconcilerDeps,
  subject: Exclude<Subject, { kind: 'job' }>,
): Promise<Found[]> {
  const patience = { now: deps.clock(), graceMs: deps.graceMs };
  const of = nameOf(subject);
  switch (subject.kind) {
    case 'trigger': {
      const { owner, repairs } = await reconcileFired(deps, subject.id, patience);
      return repairs.map((repair) => ({ of, repair, owner }));
    }
    case 'dependency': {
      const { state } = await deps.streams.view(dependencyAt(subject.id));
      return reconcileDependency(subject.id, state, patience).map((repair) => ({ of, repair, owner: '' }));
    }
    case 'execution': {
      const { jobId } = subject.execution;
      const job = jobId === undefined ? undefined : await foldOf(deps.streams, jobId);
      const owner = job?.state.submitted?.owner ?? '';
      return reconcileExecution(subject.execution, job, patience).map((repair) => ({ of, repair, owner }));
    }
  }
}

/** Does what is missing, and says so: to the stream in the origin of its message, to the bus by an event. */
async function perform({ ports, executions, clock, ...deps }: ReconcilerDeps, found: Found): Promise<void> {
  const { repair, owner } = found;
  const { kind, why, subject, effect } = repair;
  const at = clock();
  const id = `reconciler/${repairKey(repair)}/${at}`;
  if (effect.kind === 'send') await ports.streams.send(effect, { id, actor: RECONCILER });
  else if (effect.kind === 'stopExecution') await executions.stop(effect.executionId, effect.reason);
  else await performEffect(ports, { ...effect, id, cause: { stream: RECONCILER.id, seq: 0 } });
  deps.log.warn('repaired', { kind, why, ...subject });
  deps.onRepair?.(repair);
  const detail = { kind, why, ...subject, ...(found.trigger && { trigger: found.trigger }) };
  await ports.publisher.publish({ id, type: STATE_REPAIRED, at, owner, detail });
}

/** Type of the public event that says what was repaired. */
const STATE_REPAIRED = 'orchestration.state.repaired';
