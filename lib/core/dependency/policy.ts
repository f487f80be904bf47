import * as z from 'zod';
import { LIMITS } from '../limits';
import { positive, recordOf } from '../model/bounded';
import { idSchema } from '../model/ids';
import type { ReadOnly } from '../model/read-only';

const percent = () => z.number().min(1).max(100);

/** When the breaker of a dependency opens, for how long, and what closes it again. In resilience4j's words where it has one. */
const policySchema = z.strictObject({
  /** The latest calls that count. */
  windowSize: positive(LIMITS.callWindow),
  /** Fewer calls in the window say nothing. */
  minimumCalls: positive(LIMITS.callWindow),
  /** Percent of the calls that failed, from which on it opens. */
  failureRateThreshold: percent(),
  /** Percent of the calls that were slow, from which on it opens. */
  slowCallRateThreshold: percent(),
  /** A call that takes longer is slow. */
  slowCallMs: positive(LIMITS.durationMs),
  /** How long it is open the first time; each time in a row it doubles, */
  openMs: positive(LIMITS.durationMs),
  /** up to this. */
  longestMs: positive(LIMITS.durationMs),
  /** Half open, so many may find out at a time in a pool; so many good ones close it, and a bad one opens it again. */
  probes: positive(LIMITS.callWindow),
});
export type DependencyPolicy = ReadOnly<z.infer<typeof policySchema>>;

/** What a policy leaves out, the defaults say. */
const partialPolicySchema = policySchema.partial();

/** Policies of a deployment: defaults of its own, and what differs by name. */
export const dependencyPoliciesSchema = z.strictObject({
  defaults: partialPolicySchema.default({}),
  byName: recordOf(idSchema, partialPolicySchema, { most: LIMITS.dependencyPolicies }).default({}),
});
export type DependencyPolicies = z.output<typeof dependencyPoliciesSchema>;

export const NO_POLICIES: DependencyPolicies = { defaults: {}, byName: {} };

const DEFAULT_POLICY: DependencyPolicy = {
  windowSize: 20,
  minimumCalls: 5,
  failureRateThreshold: 50,
  slowCallRateThreshold: 80,
  slowCallMs: 10_000,
  openMs: 30_000,
  longestMs: 15 * 60_000,
  probes: 3,
};

/** Of the engine's own. A worker takes an attempt, or refuses it, and does nothing else meanwhile. */
const OWN: Readonly<Record<string, Partial<DependencyPolicy>>> = {
  'test-execution': { slowCallMs: 2_000 } satisfies Partial<DependencyPolicy>,
};

/** The policy of a dependency. More calls than the window holds are never there: it asks for no more than that. */
export function policyOf({ defaults, byName }: ReadOnly<DependencyPolicies>, name: string): DependencyPolicy {
  const of = (policies: typeof byName) => (Object.hasOwn(policies, name) ? policies[name] : {});
  const policy = { ...DEFAULT_POLICY, ...of(OWN), ...defaults, ...of(byName) } as DependencyPolicy;
  return { ...policy, minimumCalls: Math.min(policy.minimumCalls, policy.windowSize) };
}
