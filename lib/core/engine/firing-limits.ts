import type { OwnerQuotas } from '../access/quotas';
import type { FiringLimits, Quotas } from '../ports/quotas';
import { minuteOf } from '../trigger/state';

/** How long a cause is remembered after its latest job was asked for: longer than jobs of a chain are apart. */
const CAUSE_MS = 24 * 3_600_000;
const MINUTE_MS = 60_000;

/** Bounds the jobs that triggers start by what one cause and one owner may start. */
export function firingLimits(
  quotas: Quotas,
  limits: Pick<OwnerQuotas, 'firingsPerMinute' | 'jobsOfOneCause'>,
): FiringLimits {
  return {
    async admit({ owner, root, jobId, at }) {
      // Two owners whose triggers hear of the same event do not share what it may start.
      const ofCause = { owner, what: `cause/${root}`, limit: limits.jobsOfOneCause, until: at + CAUSE_MS };
      if (!(await quotas.take({ ...ofCause, id: jobId }))) return 'root';
      const minute = minuteOf(at);
      const ofMinute = {
        ...{ owner, what: `firings/${minute}`, limit: limits.firingsPerMinute },
        until: (minute + 2) * MINUTE_MS,
      };
      return (await quotas.take({ ...ofMinute, id: jobId })) ? undefined : 'ownerRate';
    },
  };
}
