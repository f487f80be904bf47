import { realTimer } from '../adapters/system';
import type { Subject } from '../core/engine/reconciler';
import type { SetTimer } from '../core/model/time';
import type { ServedEngine } from './engine';

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
/** The one pool of a machine. */
const POOL = 'default';

/**
 * Compares what is not over with the pool, the walks and the executor of this process, turn after turn.
 * @returns ends it, and resolves when the turn under way is over.
 */
export function reconcileAgainAndAgain({ engine, ...deps }: ReconcileLoopDeps): () => Promise<void> {
  const { setTimer = realTimer, warn } = deps;
  const { lists, runtime, streams } = engine;
  const reconciler = runtime.reconciler({
    ...{ graceMs: GRACE_MS, streams },
    warn: (message, of) => warn(`${message}: ${JSON.stringify(of, errorText)}`),
  });
  let isEnded = false;
  let cancel: () => void = () => undefined;
  let turn: Promise<void> = Promise.resolve();

  async function reconcile(): Promise<void> {
    const { jobs, triggers, dependencies } = lists.open();
    const subjects: Subject[] = [
      ...jobs.map((id): Subject => ({ kind: 'job', id, thorough: true })),
      ...(await reconciler.suspects(POOL, new Set(jobs))).filter(isOfPool),
      ...triggers.map((id): Subject => ({ kind: 'trigger', id })),
      ...dependencies.map((id): Subject => ({ kind: 'dependency', id })),
    ];
    await reconciler.reconcile(subjects);
  }

  const isOfPool = (subject: Subject) => subject.kind !== 'job' || !lists.open().jobs.includes(subject.id);

  function next(): void {
    cancel = setTimer(() => {
      turn = reconcile()
        // The runtime says why it cannot go on; the turn that hears of it first need not.
        .catch((error: unknown) => {
          if (!isEnded)
            warn(`a turn of the reconciler failed: ${error instanceof Error ? error.message : error}`);
        })
        .then(() => {
          if (!isEnded) next();
        });
    }, EVERY_MS);
  }

  next();
  return async () => {
    isEnded = true;
    cancel();
    await turn;
  };
}

function errorText(_: string, value: unknown): unknown {
  return value instanceof Error ? value.message : value;
}
