import type { JobSubmitted } from '../job/events';
import { recallTokensOf } from '../job/recall';
import { jobAt, poolAt, streamOf } from '../messages/address';
import { attemptKey } from '../model/attempt';
import { grouped } from '../model/grouped';
import { isOver } from '../model/outcome';
import { present } from '../model/present';
import type { ReadOnly } from '../model/read-only';
import type { Clock } from '../model/time';
import type { Log } from '../ports/log';
import type {
  AttemptSighting,
  ExecutionSightings,
  WorkerSighting,
  WorkerSightings,
} from '../ports/sightings';
import type { JournalStore } from '../ports/stores';
import type { JobFold, StreamReader } from '../ports/streams';
import { type Questions, questionsOf, reconcileJob } from '../recovery/reconcile/job';
import { leasedBy } from '../recovery/reconcile/leased';
import type { Patience, Repair } from '../recovery/reconcile/repair';
import type { RunningAttempt } from '../recovery/reconcile/sighted';
import { reconcileUnknown } from '../recovery/reconcile/strays';
import { answeredBefore, overdueNodes } from '../recovery/reconcile/workflow';
import type { PoolState } from '../scheduler/state';
import { settleAll } from './parallel';
import { foldOf } from './reconciler-folds';

export interface JobSubject {
  readonly id: string;
  /** Where the pool gave the reason: a job that there is not has none of its own. */
  readonly poolId?: string;
  /** What workers were heard to run of it, without a lease. */
  readonly running?: readonly RunningAttempt[];
  /** Its workflow is asked though nothing stands out, and so are all of its workers. */
  readonly thorough?: boolean;
}

export interface Found {
  /** The subject that it was found at. */
  readonly of: string;
  readonly repair: Repair;
  readonly owner: string;
  readonly trigger?: ReadOnly<JobSubmitted>['trigger'];
}

export interface RoundDeps {
  readonly streams: StreamReader;
  readonly journal: Pick<JournalStore, 'read'>;
  readonly executions: Pick<ExecutionSightings, 'of'>;
  readonly workers: WorkerSightings;
  readonly clock: Clock;
  readonly graceMs: number;
  readonly log: Pick<Log, 'warn'>;
}

/** A pool as it was read once for all jobs of a look. */
interface SeenPool {
  readonly id: string;
  readonly state: ReadOnly<PoolState>;
  readonly trusted: ReadonlySet<string>;
  readonly patience: Patience;
}

/** One look: every pool is read once, before its jobs. */
interface Round extends RoundDeps {
  readonly poolOf: (poolId: string) => Promise<SeenPool>;
}

const PARALLEL = 8;
/** Attempts that a worker is asked about at once. */
const ASKED = 100;

export function createRound(deps: RoundDeps): Round {
  const pools = new Map<string, Promise<SeenPool>>();
  async function see(id: string): Promise<SeenPool> {
    const patience = { now: deps.clock(), graceMs: deps.graceMs };
    const { state } = await deps.streams.view(poolAt(id));
    return { id, state, patience, trusted: await deps.workers.trusted(id, leasedBy(state)) };
  }
  return {
    ...deps,
    poolOf(id) {
      const seen = pools.get(id) ?? see(id);
      pools.set(id, seen);
      return seen;
    },
  };
}

interface Seen {
  readonly subject: JobSubject;
  readonly job: JobFold;
  readonly pool: SeenPool;
  readonly questions: Questions;
}

/** Compares jobs with the world: all that is to be asked of a worker is asked at once. */
export async function lookAtJobs(round: Round, subjects: readonly JobSubject[]): Promise<readonly Found[]> {
  const found: Found[] = [];
  const seen: Seen[] = [];
  await each(round, subjects, async (subject) => {
    const one = await see(round, subject);
    if (Array.isArray(one)) found.push(...one);
    else if (one) seen.push(one as Seen);
  });
  const answers = await ask(round, seen);
  await each(round, seen, async (one) => {
    const repairs = await compare(round, one, answers);
    const { owner = '', trigger } = one.job.state.submitted ?? {};
    const from = { of: `job/${one.subject.id}`, owner, ...present({ trigger }) };
    found.push(...repairs.map((repair) => ({ ...from, repair })));
  });
  return found;
}

async function each<T>(
  { log }: Pick<RoundDeps, 'log'>,
  items: readonly T[],
  work: (item: T) => Promise<void>,
): Promise<void> {
  for (const error of await settleAll(items, PARALLEL, work)) {
    if (error !== undefined) log.warn('a job could not be compared with the world now', { error });
  }
}

/** The job with its pool and what has to be asked, or what follows where there is no such job. */
async function see(round: Round, subject: JobSubject): Promise<Seen | Found[] | undefined> {
  const { id: jobId, poolId } = subject;
  const early = poolId === undefined ? undefined : await round.poolOf(poolId);
  const job = await foldOf(round.streams, jobId);
  if (!job) {
    const repairs = early ? reconcileUnknown(early.id, early.state, jobId) : [];
    return repairs.map((repair) => ({ of: `job/${jobId}`, repair, owner: '' }));
  }
  if (job.state.status === 'new') return undefined;
  const pool = await round.poolOf(job.state.submitted?.pool ?? 'default');
  const asked = questionsOf({ jobId, job, pool: pool.state }, pool.patience);
  const isDoubted = ({ workerId }: { workerId: string }) =>
    subject.thorough === true || !pool.trusted.has(workerId);
  const questions = {
    execution: asked.execution || (subject.thorough === true && !isOver(job.state.status)),
    attempts: asked.attempts.filter(isDoubted),
  };
  return { subject, job, pool, questions };
}

/** What workers answered, by pool and worker. */
type Answers = ReadonlyMap<string, WorkerSighting>;
const placeOf = (pool: string, workerId: string): string => `${pool}/${workerId}`;

async function ask(round: Round, seen: readonly Seen[]): Promise<Answers> {
  const wanted = seen.flatMap(({ pool, questions }) =>
    questions.attempts.map(({ workerId, ...ref }) => ({ pool: pool.id, workerId, ref })),
  );
  const byWorker = [...grouped(wanted, ({ pool, workerId }) => placeOf(pool, workerId))];
  const answers = new Map<string, WorkerSighting>();
  await each(round, byWorker, async ([place, asked]) => {
    const { pool = '', workerId = '' } = asked[0] ?? {};
    const refs = asked.slice(0, ASKED).map(({ ref }) => ref);
    const sighting = await round.workers.of({ pool, workerId }, refs);
    if (sighting) answers.set(place, sighting);
  });
  return answers;
}

async function compare(round: Round, one: Seen, answers: Answers): Promise<Repair[]> {
  const { subject, job, pool, questions } = one;
  const { id: jobId } = subject;
  const execution = questions.execution ? await round.executions.of(jobId, job.state.run ?? 1) : undefined;
  const attempts = new Map<string, AttemptSighting>();
  for (const { workerId, ...ref } of questions.attempts) {
    const sighting = answers.get(placeOf(pool.id, workerId))?.attempts.get(attemptKey(ref));
    if (sighting) attempts.set(attemptKey(ref), sighting);
  }
  const running: RunningAttempt[] = [...(subject.running ?? [])];
  for (const workerId of new Set(questions.attempts.map((each) => each.workerId))) {
    for (const ref of answers.get(placeOf(pool.id, workerId))?.running ?? [])
      if (ref.jobId === jobId) running.push({ ...ref, workerId });
  }
  const recalled = execution?.status === 'running' ? await recall(round, one) : job;
  const sighted = { jobId, job: recalled, pool: pool.state, attempts, running, ...present({ execution }) };
  return reconcileJob(sighted, pool.patience);
}

/** With the tokens that the fold has let go of, where answers are given again. */
async function recall({ journal }: Round, { subject, job, pool }: Seen): Promise<JobFold> {
  const nodeIds = answeredBefore(job, overdueNodes(job, pool.patience));
  const read = () => journal.read(streamOf(jobAt(subject.id)), 1);
  return { ...job, state: await recallTokensOf(job.index, job.state, { nodeIds, read }) };
}
