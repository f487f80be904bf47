import { RECOVERY_FAILED } from '../messages/public-event';
import { DEFAULT_ESCALATION, type Escalation } from '../model/escalation';
import type { ReadOnly } from '../model/read-only';
import type { RecoveryEvent, RecoveryFailed } from './recovery-events';
import type { JobState } from './state';

const TYPES: Readonly<Record<RecoveryEvent['type'], string>> = {
  'recovery.initiated': 'orchestration.recovery.initiated',
  'recovery.completed': 'orchestration.recovery.completed',
  'recovery.failed': RECOVERY_FAILED,
};

/** What a person is told when a recovery has failed, and who is told when. */
interface Alert {
  readonly title: string;
  readonly severity: 'critical';
  readonly message: string;
  readonly description: string;
  readonly escalation: Escalation;
  /** What the rest of the job waits for or goes without. */
  readonly impact: { readonly nodes: number; readonly open: number };
}

/** The public event of an event of a recovery: its type, and what it says besides what all events of a job do. */
export function toldOfRecovery(
  event: ReadOnly<RecoveryEvent>,
  state: ReadOnly<JobState>,
  escalation: Escalation = DEFAULT_ESCALATION,
): { readonly type: string; readonly detail: object } {
  const type = TYPES[event.type];
  if (event.type !== 'recovery.failed') return { type, detail: event.data };
  return { type, detail: { ...event.data, alert: alertOf(event.data, state, escalation) } };
}

function alertOf(
  { attempt, nodeId, why }: ReadOnly<RecoveryFailed>,
  { nodes, remaining }: ReadOnly<JobState>,
  escalation: Escalation,
): Alert {
  const after = attempt === undefined ? '' : ` after ${attempt === 1 ? '1 attempt' : `${attempt} attempts`}`;
  const whose = nodeId === undefined ? 'the job' : nodeId;
  return {
    title: 'Orchestration Recovery Failure',
    severity: 'critical',
    message: 'Manual intervention required',
    description: `Recovery of ${whose} failed${after}: ${why}`,
    escalation,
    impact: { nodes: nodes.length, open: remaining },
  };
}
