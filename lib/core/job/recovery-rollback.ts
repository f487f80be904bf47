import type { GraphIndex } from '../dag/graph-index';
import { lasted } from '../model/lasted';
import type { ReadOnly } from '../model/read-only';
import type { JobEvent } from './events';
import { nodeAt } from './nodes';
import type { RecoveryEvent } from './recovery-events';
import type { JobState } from './state';

/** What could not be undone is named, as far as it fits. */
const NAMED = 5;

/**
 * What an event of a rollback says of the recovery that it is, where the graph asks for one. What a person has undone is no
 * recovery. @param at milliseconds since the epoch.
 */
export function rollbackRecovery(
  index: GraphIndex,
  state: ReadOnly<JobState>,
  event: JobEvent,
  at: number,
): RecoveryEvent | undefined {
  if (event.type === 'rollback.started') {
    const isAsked = state.rollbackAsked !== undefined || state.status !== 'running';
    if (index.graph.onFailure !== 'rollback' || isAsked) return undefined;
    const { reason: why } = event.data;
    const data = { recoveryId: `rollback-${at}`, cause: 'jobFailed', strategy: 'rollback', why } as const;
    return { type: 'recovery.initiated', data };
  }
  // A batch that was cut short by a crash may leave the end of the job only.
  const isEnd = event.type === 'rollback.completed' || event.type === 'job.completed';
  return isEnd && state.undoing ? ended(index, state, state.undoing, at) : undefined;
}

function ended(
  index: GraphIndex,
  state: ReadOnly<JobState>,
  { recoveryId, since }: NonNullable<ReadOnly<JobState>['undoing']>,
  at: number,
): RecoveryEvent {
  const steps = [...(state.rollback?.steps ?? [])];
  const parked = steps.filter(([, { phase }]) => phase === 'parked').map(([i]) => nodeAt(index, state, i).id);
  if (parked.length === 0)
    return {
      type: 'recovery.completed',
      data: { recoveryId, strategy: 'rollback', durationMs: lasted(since, at) },
    };
  const more = parked.length > NAMED ? ` and ${parked.length - NAMED} more` : '';
  const why = `could not be undone: ${parked.slice(0, NAMED).join(', ')}${more}`;
  return { type: 'recovery.failed', data: { recoveryId, cause: 'jobFailed', tried: ['rollback'], why } };
}
