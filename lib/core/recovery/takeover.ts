import type { Effect } from '../messages/effect';
import type { AttemptRef } from '../model/attempt';

/**
 * The outstanding effects of a job in the order in which a new process performs them. Attempts that the executor
 * knows go to the pool first: their commands may still run, so the slots are theirs before anything new starts.
 * They wait for no dependency either: what has begun goes on. Withdrawals come after all offers, as the pool can only
 * withdraw what it holds.
 * @param isKnown whether the executor knows an attempt.
 */
export async function orderForTakeover(
  effects: readonly Effect[],
  isKnown: (ref: AttemptRef) => Promise<boolean>,
): Promise<Effect[]> {
  const known: Effect[] = [];
  const fresh: Effect[] = [];
  const withdrawals: Effect[] = [];
  const others: Effect[] = [];
  for (const effect of effects) {
    const message = effect.kind === 'send' ? effect.message : undefined;
    if (message?.type === 'workOffered') {
      const { jobId, nodeId, attempt } = message.work;
      if (await isKnown({ jobId, nodeId, attempt })) known.push(begun(effect));
      else fresh.push(effect);
    } else if (message?.type === 'workWithdrawn') withdrawals.push(effect);
    else others.push(effect);
  }
  return [...others, ...known, ...fresh, ...withdrawals];
}

function begun(effect: Effect): Effect {
  if (effect.kind !== 'send' || effect.message.type !== 'workOffered') return effect;
  const { dependencies: _, ...work } = effect.message.work;
  return { ...effect, message: { ...effect.message, work } } as Effect;
}
