import type { RecoveryEvent } from '../job/recovery-events';
import type { ReadOnly } from '../model/read-only';
import type { RecoveryCause, RecoveryStrategy } from '../model/recovery';

/** What was done where an attempt was lost, or nothing more could be done. */
export interface ExplainedRecovery {
  readonly recoveryId: string;
  readonly cause: RecoveryCause;
  readonly strategy: RecoveryStrategy;
  readonly why: string;
  /** Where it is over: how, and how long it took in milliseconds. */
  readonly end?: 'completed' | 'failed';
  readonly durationMs?: number;
}

/** Notes an event of a recovery beside the attempt that it is about: of several losses, the last one. */
export function noteRecovery(
  event: ReadOnly<RecoveryEvent>,
  attemptOf: (attempt: number) => { recovery?: ExplainedRecovery },
  attempts: () => readonly { recovery?: ExplainedRecovery }[],
): void {
  if (event.type === 'recovery.initiated') {
    const { recoveryId, cause, strategy, why, attempt = 1 } = event.data;
    // It names the attempt to come, where there is one.
    attemptOf(strategy === 'park' ? attempt : attempt - 1).recovery = { recoveryId, cause, strategy, why };
    return;
  }
  const { recoveryId } = event.data;
  const about = attempts().findLast(({ recovery }) => recovery?.recoveryId === recoveryId);
  if (!about?.recovery) return;
  if (event.type === 'recovery.failed') about.recovery = { ...about.recovery, end: 'failed' };
  else {
    const { strategy, durationMs } = event.data;
    about.recovery = { ...about.recovery, strategy, durationMs, end: 'completed' };
  }
}
