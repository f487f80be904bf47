import { isRepriseError, isRetryable } from '../../lib/core/errors';
import { dependencyAt } from '../../lib/core/messages/address';
import type { OwnDependency } from '../../lib/core/messages/dependency';
import type { WorkItem } from '../../lib/core/messages/pool';
import type { Clock } from '../../lib/core/model/time';
import type { StreamSender } from '../../lib/core/ports/streams';

const NAME: OwnDependency = 'test-execution';

/**
 * Makes a call that hands work to a worker, and tells the dependency how it went, where the work names it. A worker that
 * answers, whatever it answers, is there; one that does not, or is overloaded, is not. What is not told is one call less
 * that counts.
 * @param id of the lease: handed over once more, it is the same call.
 */
export async function observing<T>(
  deps: { readonly streams: StreamSender; readonly clock: Clock },
  { id, work }: { readonly id: string; readonly work: Pick<WorkItem, 'dependencies' | 'traceId'> },
  call: () => Promise<T>,
): Promise<T> {
  if (!work.dependencies?.includes(NAME)) return call();
  const { streams, clock } = deps;
  const startedAt = clock();
  const tell = async (ok: boolean) => {
    const durationMs = Math.max(0, clock() - startedAt);
    const message = { type: 'observed' as const, ok, by: id, startedAt, durationMs };
    const origin = {
      id: `${id}/observed`,
      actor: { kind: 'engine', id: 'dispatch' },
      traceId: work.traceId,
    } as const;
    await streams.send({ to: dependencyAt(NAME), message }, origin).catch(() => undefined);
  };
  try {
    const answer = await call();
    await tell(true);
    return answer;
  } catch (error) {
    const isOurs = isRepriseError(error) && error.context['isOurs'] === true;
    if (isRetryable(error) && !isOurs) await tell(false);
    throw error;
  }
}
