import type { EffectsBody } from '../../lib/adapters/aws/queues/queue-messages';
import type { SendMessage } from '../../lib/adapters/aws/queues/sender';
import type { OpenStreams, Progress } from '../../lib/adapters/aws/table/open-streams';
import { poolAt, streamOf } from '../../lib/core/messages/address';
import type { Clock } from '../../lib/core/model/time';

export interface OutboxSweepDeps {
  readonly streams: OpenStreams;
  /** Names of the pools, which are never over. */
  readonly pools: readonly string[];
  /** To the queue `effects`. */
  readonly send: SendMessage;
  /** Time that the fast path gets for what was appended just now, in seconds. */
  readonly delaySeconds: number;
  readonly clock: Clock;
  /** Whether there is time for more. */
  readonly hasTime: () => boolean;
}

export interface OutboxSwept {
  /** Streams whose effects are not all performed. */
  readonly behind: readonly string[];
  readonly closed: number;
  /** Whether every stream was looked at. */
  readonly isComplete: boolean;
}

/**
 * Looks at every stream that is not over, and asks once more for the effects of those whose mark is behind their head:
 * what the outbox relay missed, as its stream keeps events for a day only. What is performed already does nothing.
 */
export async function sweepOutbox(deps: OutboxSweepDeps): Promise<OutboxSwept> {
  const { streams, pools, send, delaySeconds, clock, hasTime } = deps;
  const behind: string[] = [];
  let closed = 0;

  async function look(page: readonly Progress[]): Promise<void> {
    for (const progress of page) {
      const { stream, seq, confirmed, isOver } = progress;
      if (confirmed < seq) {
        const body: EffectsBody = { stream, to: seq };
        await send({ body, delaySeconds });
        behind.push(stream);
      } else if (isOver) {
        await streams.close(progress, clock());
        closed += 1;
      }
    }
  }

  await look(await streams.progress(pools.map((pool) => streamOf(poolAt(pool)))));
  for await (const page of streams.pages()) {
    await look(page);
    if (!hasTime()) return { behind, closed, isComplete: false };
  }
  return { behind, closed, isComplete: true };
}
