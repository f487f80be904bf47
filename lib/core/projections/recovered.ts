import type { JobEvent } from '../job/events';
import type { Recorded } from '../journal/envelope';
import type { RecoveryCause, RecoveryStrategy } from '../model/recovery';

/** A recovery of a job, from the first loss that it was for to its end. Times are milliseconds since the epoch. */
export interface Recovery {
  readonly recoveryId: string;
  /** Of a node and its attempt to come; absent of one of the workflow. */
  readonly nodeId?: string;
  attempt?: number;
  cause: RecoveryCause;
  strategy: RecoveryStrategy;
  /** The worker that lost the attempt. */
  workerId?: string;
  why: string;
  readonly startedAt: number;
  /** How often it was initiated: once more with each loss before its end. */
  times: number;
  /** `cancelled`: its node or its job was over before. */
  end?: 'completed' | 'failed' | 'cancelled';
  endedAt?: number;
  /** As the engine measured it where it was completed, else from its first event to its last. */
  tookMs?: number;
}

/** Folds the recoveries of one job from its events, in the order in which they began. */
export function createRecovered() {
  const recoveries = new Map<string, Recovery>();

  function initiated(data: Extract<JobEvent, { type: 'recovery.initiated' }>['data'], at: number): void {
    const { until: _until, run: _run, ...said } = data;
    const known = recoveries.get(data.recoveryId);
    if (known) Object.assign(known, said, { times: known.times + 1 });
    else recoveries.set(data.recoveryId, { ...said, startedAt: at, times: 1 });
  }

  function end(recoveryId: string, at: number, how: Pick<Recovery, 'end'> & Partial<Recovery>): void {
    const known = recoveries.get(recoveryId);
    if (known) Object.assign(known, { tookMs: at - known.startedAt }, how, { endedAt: at });
  }

  /** Those that are not over, of a node or of all. */
  function endOpen(at: number, nodeId?: string): void {
    for (const recovery of recoveries.values()) {
      if (recovery.end !== undefined || (nodeId !== undefined && recovery.nodeId !== nodeId)) continue;
      end(recovery.recoveryId, at, { end: 'cancelled' });
    }
  }

  return {
    apply({ type, data, at }: Recorded<JobEvent>): void {
      switch (type) {
        case 'recovery.initiated':
          initiated(data, at);
          return;
        case 'recovery.completed':
          end(data.recoveryId, at, { end: 'completed', strategy: data.strategy, tookMs: data.durationMs });
          return;
        case 'recovery.failed':
          end(data.recoveryId, at, { end: 'failed', why: data.why });
          return;
        case 'node.completed':
          if (data.outcome === 'cancelled') endOpen(at, data.nodeId);
          return;
        case 'job.completed':
          endOpen(at);
          return;
        default:
          return;
      }
    },
    result: (): readonly Recovery[] => [...recoveries.values()],
  };
}
