import { asksState, countsAsTrue, githubValue, type RunState } from './expressions';

export type JobResult = 'success' | 'failure' | 'cancelled' | 'skipped';

/** A job of a workflow, as far as its conditions see it, and how its legs end where they run. */
export interface CaseJob {
  readonly key: string;
  readonly needs: readonly string[];
  readonly if?: string;
  /** A reusable workflow: no node comes of it. */
  readonly isVirtual?: true;
  readonly continueOnError?: true;
  /** One a leg; a job without a matrix has one. */
  readonly ends: readonly ('success' | 'failure')[];
  /** What its step hands on as the output `o`, unless it fails. */
  readonly output: string;
}

export interface GithubCase {
  readonly jobs: readonly CaseJob[];
  /** After so many legs the run is cancelled. */
  readonly cancelAfter?: number;
  readonly contexts: {
    readonly github: { readonly ref: string; readonly event_name: string };
    readonly vars: { readonly A: string };
    readonly inputs: { readonly flag: boolean };
  };
}

/**
 * What becomes of each job on GitHub, by its documentation: an `if` is evaluated when all jobs that it needs are over,
 * and again, of jobs that run, when the run is cancelled. `success()` and `failure()` look at all jobs before it. Legs
 * end one after the other, in the order of the file. What the documentation leaves open, the word for a job that a
 * cancellation kept from running, is all that it may be.
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/expressions#status-check-functions
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-cancellation
 */
export async function githubVerdict(given: GithubCase): Promise<Record<string, JobResult[]>> {
  const run = new Run(given);
  await run.toItsEnd();
  return Object.fromEntries([...run.results]);
}

class Run {
  readonly results = new Map<string, JobResult[]>();
  private readonly running = new Map<string, number>();
  private readonly jobs: ReadonlyMap<string, CaseJob>;
  private isCancelled = false;

  constructor(private readonly given: GithubCase) {
    this.jobs = new Map(given.jobs.map((job) => [job.key, job]));
  }

  async toItsEnd(): Promise<void> {
    for (let legs = 0; ; legs++) {
      await this.begin();
      if (legs === this.given.cancelAfter) {
        await this.cancel();
        await this.begin();
      }
      const next = this.given.jobs.find(({ key }) => this.running.has(key));
      if (!next) return;
      this.endLeg(next);
    }
  }

  private endLeg({ key, ends, continueOnError }: CaseJob): void {
    const done = this.running.get(key)! + 1;
    this.running.set(key, done);
    if (done < ends.length) return;
    this.running.delete(key);
    const isFailed = ends.includes('failure') && !continueOnError;
    this.results.set(key, [isFailed ? 'failure' : 'success']);
  }

  /** Decides about jobs whose needs are over, until nothing follows any more. */
  private async begin(): Promise<void> {
    for (let isNew = true; isNew; ) {
      isNew = false;
      for (const job of this.given.jobs) {
        const isOpen = !this.results.has(job.key) && !this.running.has(job.key);
        if (!isOpen || !job.needs.every((need) => this.results.has(need))) continue;
        isNew = true;
        const verdicts = await this.verdicts(job);
        const ends: JobResult[] = verdicts.has(false)
          ? this.isCancelled
            ? ['skipped', 'cancelled']
            : ['skipped']
          : [];
        if (!verdicts.has(true)) this.results.set(job.key, ends);
        else if (job.isVirtual) this.results.set(job.key, ['success', ...ends]);
        else if (ends.length === 0) this.running.set(job.key, 0);
        else this.results.set(job.key, [...ends, ...new Set(job.ends)]);
      }
    }
  }

  private async cancel(): Promise<void> {
    this.isCancelled = true;
    for (const key of [...this.running.keys()]) {
      if ((await this.verdicts(this.jobs.get(key)!)).has(true)) continue;
      const { ends, continueOnError } = this.jobs.get(key)!;
      const hasFailed = ends.slice(0, this.running.get(key)!).includes('failure') && !continueOnError;
      this.running.delete(key);
      this.results.set(key, [hasFailed ? 'failure' : 'cancelled']);
    }
  }

  /** Whether a job's condition holds, for all that the jobs before it may have come to. */
  private async verdicts(job: CaseJob): Promise<Set<boolean>> {
    const before = this.before(job);
    const found = new Set<boolean>();
    for (const results of combinations(before.map((key) => [key, this.results.get(key)!] as const))) {
      found.add(await this.holds(job, results));
    }
    return found;
  }

  private async holds(job: CaseJob, results: ReadonlyMap<string, JobResult>): Promise<boolean> {
    const all = [...results.values()];
    const state: RunState = {
      success: !this.isCancelled && all.every((result) => result === 'success'),
      failure: !this.isCancelled && all.includes('failure'),
      cancelled: this.isCancelled,
    };
    if (job.if === undefined) return state.success;
    if (!asksState(job.if) && !state.success) return false;
    const needs = Object.fromEntries(
      job.needs.map((key) => {
        const result = results.get(key)!;
        const { output, isVirtual, ends } = this.jobs.get(key)!;
        const isDone = result === 'success' && !ends.includes('failure');
        // What is empty is not handed on.
        return [key, { result, outputs: isVirtual || !isDone || output === '' ? {} : { o: output } }];
      }),
    );
    const { github, vars, inputs } = this.given.contexts;
    return countsAsTrue(await githubValue(job.if, { needs, github, vars, inputs }, state));
  }

  private before({ needs }: CaseJob): string[] {
    const found = new Set(needs);
    for (const key of found) for (const need of this.jobs.get(key)!.needs) found.add(need);
    return [...found];
  }
}

function combinations(
  open: readonly (readonly [string, readonly JobResult[]])[],
): ReadonlyMap<string, JobResult>[] {
  return open.reduce<ReadonlyMap<string, JobResult>[]>(
    (made, [key, results]) =>
      made.flatMap((each) => results.map((result) => new Map([...each, [key, result]]))),
    [new Map()],
  );
}
