import type { SweepsBody } from '../../lib/adapters/aws/queues/queue-messages';
import { STEADY_SWEEPS_MS, SWEEP_SECONDS } from '../../lib/core/recovery/silence';

const MINUTE_SECONDS = 60;

export type SendTick = (message: {
  readonly body: SweepsBody;
  readonly delaySeconds: number;
}) => Promise<void>;

/**
 * The clock of AWS calls once a minute at most. So each of its calls asks for those in between, which a queue delivers when
 * they are due: one request for all of them.
 * @param now milliseconds since the epoch.
 */
export async function sendTicks(send: SendTick, now: number): Promise<void> {
  const delays = Array.from(
    { length: MINUTE_SECONDS / SWEEP_SECONDS - 1 },
    (_, i) => (i + 1) * SWEEP_SECONDS,
  );
  await Promise.all(
    delays.map((delaySeconds) => send({ body: { dueAt: now + delaySeconds * 1_000 }, delaySeconds })),
  );
}

/** Whether a tick is of any use: one that comes late, as it failed or its queue was held up, has been made good by others. */
export function isInTime({ dueAt }: SweepsBody, now: number): boolean {
  return now - dueAt <= STEADY_SWEEPS_MS;
}
