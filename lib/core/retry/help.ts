import { percent, shareInterval } from '../history/interval';
import { FAULTS, type FailureClass } from '../model/failure';
import type { JobType } from '../model/job-type';
import { classOf, type RetryFacts } from './facts';

/** How sure a class must be before no attempt is spent on it: what matters more is given up later. */
const SURE: Readonly<Record<JobType, number>> = { CRITICAL: 0.95, STANDARD: 0.8, LOW_PRIORITY: 0.6 };

/** History speaks against a class from so many retries on, where at least this share of them helped, for all one knows. */
const ENOUGH = 5;
const WORTH = 0.2;

export interface Help {
  readonly may: boolean;
  /** In words; absent where nothing out of the ordinary decides it. */
  readonly why?: string;
}

/** Whether another attempt may end otherwise, as far as policy, class and history say. */
export function mayHelp(facts: RetryFacts): Help {
  const { policy, type, diagnosis } = facts;
  const failureClass = classOf(facts);
  if (policy.on === 'any') return { may: true };
  if (policy.on !== undefined) {
    if (policy.on.includes(failureClass)) return { may: true };
    return { may: false, why: `retry.on does not list ${failureClass}` };
  }
  if (!diagnosis || !FAULTS.has(failureClass)) return { may: true };
  if (diagnosis.confidence < SURE[type]) {
    return {
      may: true,
      why: `perhaps no ${failureClass}: ${percent(diagnosis.confidence)} is not sure enough`,
    };
  }
  return exception(facts) ?? { may: false, why: `a retry does not mend ${described(failureClass)}` };
}

/** What speaks for a retry after all. */
function exception({ tests, evidence, diagnosis }: RetryFacts): Help | undefined {
  if (tests) {
    return { may: true, why: 'the tests that failed, again, tell a flake from a fault' };
  }
  const { flake } = evidence ?? {};
  if (flake?.verdict === 'flaky') {
    const range = `${percent(flake.low)} to ${percent(flake.high)}`;
    return { may: true, why: `known to be flaky: the same input fails in ${range} of attempts` };
  }
  const past = (evidence?.ofSignature ?? []).filter((effect) => effect.class === diagnosis?.class);
  const attempts = past.reduce((sum, effect) => sum + effect.attempts, 0);
  const resolved = past.reduce((sum, effect) => sum + effect.resolved, 0);
  if (attempts < ENOUGH || shareInterval(resolved, attempts).low < WORTH) return undefined;
  return { may: true, why: `${resolved} of ${attempts} retries of this failure have helped` };
}

function described(failureClass: FailureClass): string {
  switch (failureClass) {
    case 'assertion':
      return 'an assertion that does not hold';
    case 'test-code':
      return 'a fault of the test itself';
    case 'configuration':
      return 'what is missing or set wrong';
    default:
      return 'credentials that are missing or refused';
  }
}
