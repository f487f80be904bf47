import { percent } from '../history/interval';
import { LIMITS } from '../limits';
import { present } from '../model/present';
import type { Resources } from '../model/resources';
import type { RetryPlan, RetryPolicy, RetryStrategy } from '../model/retry-policy';
import { backoff } from './backoff';
import { amounts, grown } from './bigger';
import { classOf, type RetryFacts } from './facts';
import { mayHelp } from './help';
import { type Candidates, type Learned, learned } from './learn';
import { failingSince, isPatient, patientWait } from './patience';

/** What becomes of a node whose attempt failed, and why, in words. */
export type Verdict =
  | {
      readonly retry: true;
      readonly plan: RetryPlan & { readonly strategy: RetryStrategy };
      readonly why: string;
    }
  | { readonly retry: false; readonly why: string };

/**
 * Chooses: budget first, with patience for what is outside, then whether another attempt may help (`mayHelp`), then how, by the class of the failure or by
 * what history says (`learned`), then when (`backoff`).
 */
export function chooseStrategy(facts: RetryFacts): Verdict {
  const { policy, failures } = facts;
  const patient = isPatient(facts);
  if (failures >= policy.maxAttempts && !patient) return { retry: false, why: spent(policy.maxAttempts) };
  const help = mayHelp(facts);
  if (!help.may) return stop(facts, help.why ?? '');
  const candidates = candidatesOf(facts);
  const known = learn(facts, candidates);
  if (known?.choice === 'none') return stop(facts, known.why);
  const strategy = known?.choice ?? candidates[0];
  const { delayMs, reason } = patient ? waitPatiently(facts) : waitOf(facts);
  const late = lateness(facts, delayMs) ?? (patient ? impatience(facts, delayMs) : undefined);
  if (late !== undefined) return { retry: false, why: late };
  const lead = [about(facts), help.why, known?.why, remark(facts, strategy)].filter(
    (part) => part !== undefined,
  );
  const since = policy.patienceMs === undefined ? undefined : failingSince(facts);
  const plan = { strategy, delayMs, ...present({ failingSince: since }), ...changes(facts, strategy) };
  return { retry: true, plan, why: [...lead, reason].join('; ') };
}

function spent(maxAttempts: number): string {
  return maxAttempts === 1 ? 'one attempt is all it has' : `all ${maxAttempts} attempts failed`;
}

function stop(facts: RetryFacts, why: string): Verdict {
  return { retry: false, why: [about(facts), why].filter((part) => part !== undefined).join('; ') };
}

/** `rate-limit (93 %)`; nothing of what is not known. */
function about({ diagnosis }: RetryFacts): string | undefined {
  if (!diagnosis || diagnosis.class === 'unknown') return undefined;
  return `${diagnosis.class} (${percent(diagnosis.confidence)})`;
}

/** What may be done, the best for all one knows of the class first. */
function candidatesOf(facts: RetryFacts): Candidates {
  const { tests, dependencies, workerId } = facts;
  const failureClass = classOf(facts);
  const elsewhere: RetryStrategy[] = workerId === undefined ? [] : ['elsewhere'];
  const larger: RetryStrategy[] = growth(facts) ? ['bigger'] : [];
  if (failureClass === 'infrastructure') return [...elsewhere, 'again', ...larger] as unknown as Candidates;
  if (failureClass === 'resource') return [...larger, ...elsewhere, 'again'] as unknown as Candidates;
  if (failureClass === 'dependency' && dependencies?.length) return ['wait'];
  if (tests) return ['tests'];
  return ['again', ...elsewhere, ...larger];
}

/**
 * What history changes, where it may. A node is given up by it only once a retry has failed there, and is not led astray
 * twice in the same way: what history misjudges costs one retry.
 */
function learn(facts: RetryFacts, candidates: Candidates): Learned | undefined {
  const { evidence, explore, random, diagnosis, failures, last } = facts;
  if (!explore || !evidence || !diagnosis) return undefined;
  const effects = evidence.ofSignature.filter((effect) => effect.class === diagnosis.class);
  if (effects.length === 0) return undefined;
  const known = learned(candidates, effects, { explore, random });
  if (known?.choice === 'none') return failures > 1 ? known : undefined;
  return known?.choice === last?.strategy ? undefined : known;
}

function growth({ policy, resources, last }: RetryFacts): Resources | undefined {
  return policy.bigger && grown({ ...resources, ...last?.resources }, policy.bigger);
}

/** How the next attempt differs: what one before it was given more of, it keeps. */
function changes(
  facts: RetryFacts,
  strategy: RetryStrategy,
): Pick<RetryPlan, 'avoid' | 'resources' | 'tests'> {
  const { last, workerId } = facts;
  const avoided = [...new Set([...(last?.avoid ?? []), ...(workerId === undefined ? [] : [workerId])])];
  return present({
    avoid: strategy === 'elsewhere' ? avoided.slice(-LIMITS.avoided) : undefined,
    resources: strategy === 'bigger' ? growth(facts) : last?.resources,
    // Wherever it runs next: those that have passed need not pass again.
    tests: facts.tests,
  });
}

const counted = (tests: number): string => `only the ${tests === 1 ? 'test' : `${tests} tests`} that failed`;

function remark(facts: RetryFacts, strategy: RetryStrategy): string | undefined {
  switch (strategy) {
    case 'elsewhere':
      return `on another worker than ${facts.workerId}`;
    case 'bigger':
      return `with ${amounts(growth(facts) ?? {})}`;
    case 'wait':
      return `when ${(facts.dependencies ?? []).join(', ')} can be called`;
    case 'tests':
      return counted(facts.tests?.length ?? 0);
    default:
      return facts.tests && counted(facts.tests.length);
  }
}

/** The wait by the policy, and what made it another one. */
function waitOf(facts: RetryFacts): { delayMs: number; reason: string } {
  const { policy, failures, random, last, retryAfterMs = 0 } = facts;
  const slow = classOf(facts) === 'rate-limit' && policy.jitter === 'full';
  const { delayMs, spread } = slow
    ? backoff({ ...policy, jitter: 'equal' }, failures + 1, random, last?.delayMs)
    : backoff(policy, failures, random, last?.delayMs);
  const reason = `${nameOf(policy)}, failure ${failures} of ${policy.maxAttempts} attempts: ${spread}`;
  if (retryAfterMs > delayMs) return asked(retryAfterMs, reason);
  return { delayMs, reason: slow ? `${reason}, a step further as it asked to slow down` : reason };
}

function waitPatiently(facts: RetryFacts): { delayMs: number; reason: string } {
  const { policy, failures, retryAfterMs = 0 } = facts;
  const { delayMs, spread } = patientWait(facts);
  const reason = `failure ${failures}, past its ${policy.maxAttempts} attempts, of what is waited out: ${spread}`;
  return retryAfterMs > delayMs ? asked(retryAfterMs, reason) : { delayMs, reason };
}

function asked(delayMs: number, reason: string): { delayMs: number; reason: string } {
  return { delayMs, reason: `it asked for ${delayMs} ms (${reason})` };
}

function nameOf({ strategy, delay }: RetryPolicy): string {
  return delay === undefined ? strategy : `${strategy} ${delay}`;
}

/** Why the budget in time is over before the next attempt, if it is. */
function lateness({ policy, at, since }: RetryFacts, delayMs: number): string | undefined {
  const { maxTimeMs } = policy;
  if (maxTimeMs === undefined || at + delayMs <= since + maxTimeMs) return undefined;
  return `the next attempt would begin ${at + delayMs - since} ms after the first, and maxTime is ${maxTimeMs} ms`;
}

/** Why what is outside is waited out no longer, if it is not. */
function impatience({ policy, ...facts }: RetryFacts, delayMs: number): string | undefined {
  const { maxAttempts, patienceMs = 0 } = policy;
  const lasts = facts.at + delayMs - failingSince(facts);
  if (lasts <= patienceMs) return undefined;
  return `${spent(maxAttempts)}, and the next would begin ${lasts} ms after the first failure: its patience is ${patienceMs} ms`;
}
