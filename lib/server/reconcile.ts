import { MACHINE_POOL } from '../adapters/embedded/runtime/runnable';
import type { Subject } from '../core/engine/reconciler';
import type { SetTimer } from '../core/model/time';
import type { ServedEngine } from './engine';
import { turns } from './turns';

export interface ReconcileLoopDeps {
  readonly engine: Pick<ServedEngine, 'runtime' | 'streams' | 'lists'>;
  readonly setTimer?: SetTimer | undefined;
  /** Says what was out of step. */
  readonly warn: (message: string) => void;
}

/** Between two turns, in milliseconds. */
const EVERY_MS = 30_000;
/** What is younger counts as under way: nothing of this process takes seconds. */
const GRACE_MS = 20_000;

/**
 * Compares what is not over with the pool, the walks and the executor of this process, turn after turn.
 * @returns ends it, and resolves when the turn under way is over.
 */
export function reconcileAgainAndAgain({ engine, ...deps }: ReconcileLoopDeps): () => Promise<void> {
  const { setTimer, warn } = deps;
  const { lists, runtime, streams } = engine;
  const reconciler = runtime.reconciler({
    ...{ graceMs: GRACE_MS, streams },
    warn: (message, of) => warn(`${message}: ${JSON.stringify(of, errorText)}`),
  });

  async function reconcile(): Promise<void> {
    const { jobs, triggers, dependencies } = lists.open();
    const subjects: Subject[] = [
      ...jobs.map((id): Subject => ({ kind: 'job', id, thorough: true })),
      ...(await reconciler.suspects(MACHINE_POOL, new Set(jobs))).filter(isOfPool),
      ...triggers.map((id): Subject => ({ kind: 'trigger', id })),
      ...dependencies.map((id): Subject => ({ kind: 'dependency', id })),
    ];
    await reconciler.reconcile(subjects);
  }

  const isOfPool = (subject: Subject) => subject.kind !== 'job' || !lists.open().jobs.includes(subject.id);

  // The runtime says why it cannot go on; the turn that hears of it first need not.
  return turns(reconcile, { setTimer, warn, everyMs: EVERY_MS, called: 'a turn of the reconciler' });
}

function errorText(_: string, value: unknown): unknown {
  return value instanceof Error ? value.message : value;
}
