import type { JobEvent } from '../../core/job/events';
import type { Recorded } from '../../core/journal/envelope';
import { repairKey } from '../../core/recovery/reconcile/repair';
import type { FaultKind } from '../faults';
import type { Invariant } from './invariant';

export const recoveriesEnd: Invariant = {
  name: 'recoveriesEnd',
  says: 'A recovery that is initiated is completed or fails, unless its node is cancelled; and nothing is that was not initiated.',
  watch(given) {
    const open = new Map<string, Map<string, string | undefined>>();
    return {
      appended(stream, events) {
        if (!stream.startsWith('job/')) return;
        const own = open.get(stream) ?? new Map<string, string | undefined>();
        open.set(stream, own);
        for (const { type, data } of events as readonly Recorded<JobEvent>[]) {
          if (type === 'recovery.initiated') own.set(data.recoveryId, data.nodeId);
          if (type === 'recovery.completed' || type === 'recovery.failed') {
            if (!own.has(data.recoveryId))
              given.broken(`${type} of ${data.recoveryId} in ${stream}, which is not under way`);
            own.delete(data.recoveryId);
          }
          if (type === 'node.completed' && data.outcome === 'cancelled')
            for (const [id, nodeId] of own) if (nodeId === data.nodeId) own.delete(id);
          if (type !== 'job.completed') continue;
          const left = [...own].map(([id]) => id);
          if (left.length > 0) given.broken(`${stream} ends while recoveries ${left} are under way`);
          own.clear();
        }
      },
    };
  },
};

/** Kinds of faults that lose nothing, and keep nothing back for longer than the engine may take. */
const HARMLESS: ReadonlySet<FaultKind> = new Set<FaultKind>([
  'command',
  'skew',
  'snapshot',
  'duplicate',
  'slow',
  'lateReport',
  'lyingReport',
  'dependencyOutage',
  'poison',
]);

/** The longest that a message or timer comes late, and how much of it the patience of the reconciler has to cover. */
const LATE_MS = 60_000;
const LATE_TIMES = 3;

export const nothingRepairedInVain: Invariant = {
  name: 'nothingRepairedInVain',
  says: 'The reconciler finds nothing in a world in which nothing was lost, died or stood still.',
  watch(given) {
    const isPatient = given.graceMs >= LATE_TIMES * LATE_MS;
    const isHarmless = (kind: FaultKind) => HARMLESS.has(kind) || (kind === 'delay' && isPatient);
    return {
      repaired(repair) {
        if (given.struck().every(({ kind }) => isHarmless(kind)))
          given.broken(`${repairKey(repair)}: ${repair.why}`);
      },
    };
  },
};
