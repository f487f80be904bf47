import type { Effect } from '../ports/effects';
import type { TestExecutionEngine } from '../ports/stores';

/**
 * The outstanding effects of a job in the order in which a new process performs them. Attempts that the executor
 * knows go to the pool first: their commands may still run, so the slots are theirs before anything new starts.
 * Withdrawals come after all offers, as the pool can only withdraw what it holds.
 */
export async function orderForTakeover(
  effects: readonly Effect[],
  executor: Pick<TestExecutionEngine, 'status'>,
): Promise<Effect[]> {
  const known: Effect[] = [];
  const fresh: Effect[] = [];
  const withdrawals: Effect[] = [];
  const others: Effect[] = [];
  for (const effect of effects) {
    const message = effect.kind === 'toPool' ? effect.message : undefined;
    if (message?.type === 'workOffered') {
      const { jobId, nodeId, attempt } = message.work;
      const status = await executor.status({ jobId, nodeId, attempt });
      (status === 'unknown' ? fresh : known).push(effect);
    } else if (message?.type === 'workWithdrawn') withdrawals.push(effect);
    else others.push(effect);
  }
  return [...others, ...known, ...fresh, ...withdrawals];
}
