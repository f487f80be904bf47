import type { Delivery } from '../../core/messages/address';
import type { DependencyMessage } from '../../core/messages/dependency';
import type { JobMessage } from '../../core/messages/job';
import type { PoolMessage } from '../../core/messages/pool';

/**
 * What may get lost for good: the reconciler or the sweeper brings it back. What people ask for is answered, and so asked
 * again; what streams of letters and triggers say and hear nobody compares with anything (docs/reconciliation.md).
 */
const LOSSY: ReadonlySet<string> = new Set<
  JobMessage['type'] | PoolMessage['type'] | DependencyMessage['type']
>([
  'admit',
  'nodeEntered',
  'outcomeAwaited',
  'allEntered',
  'workflowEnded',
  'attemptStarted',
  'attemptProgressed',
  'attemptSucceeded',
  'attemptFailed',
  'attemptLost',
  'timerDue',
  'deadlineDue',
  'workOffered',
  'workWithdrawn',
  'workReleased',
  'workerRegistered',
  'workerLost',
  'workerRestarted',
  'dispatchFailed',
  'jobQueued',
  'jobOver',
  'jobHeld',
  'jobUnheld',
  'dependencyChanged',
  'sweep',
  'observed',
  'due',
]);

export function isLossy({ to, message }: Delivery): boolean {
  return to.kind !== 'letter' && to.kind !== 'trigger' && LOSSY.has(message.type);
}
