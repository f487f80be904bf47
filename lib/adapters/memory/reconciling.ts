import { createReconciler, type ReconcilerDeps, type Subject } from '../../core/engine/reconciler';
import type { Repair } from '../../core/recovery/reconcile/repair';

/** In a world that waits for nothing, minutes are long. */
const GRACE_MS = 60_000;

/** A turn of the reconciler in a world: these jobs, what the pool knows beside them, and all workflows that run. */
export function reconciling(
  deps: Omit<ReconcilerDeps, 'graceMs' | 'pause' | 'log'>,
  poolId: string,
): (jobIds: readonly string[], graceMs?: number) => Promise<readonly Repair[]> {
  const log = { warn: () => undefined };
  return async (jobIds, graceMs = GRACE_MS) => {
    const reconciler = createReconciler({ ...deps, log, graceMs, pause: async () => undefined });
    const jobs = jobIds.map((id): Subject => ({ kind: 'job', id, thorough: true }));
    const suspects = await reconciler.suspects(poolId, new Set(jobIds));
    const strays: Subject[] = [];
    for await (const page of deps.executions.running(0, new Set()))
      strays.push(...page.map((execution): Subject => ({ kind: 'execution', execution })));
    return reconciler.reconcile([...jobs, ...suspects, ...strays]);
  };
}
