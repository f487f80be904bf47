import { dependencyPoliciesSchema, NO_POLICIES, policyOf } from '../../../../lib/core/dependency/policy';

describe('the policy of a dependency', () => {
  it('is what its name has, then the defaults of the deployment, then those of the engine', () => {
    const policies = dependencyPoliciesSchema.parse({
      defaults: { openMs: 5_000, probes: 1 },
      byName: { payments: { openMs: 9_000 } },
    });
    expect(policyOf(policies, 'payments')).toMatchObject({ openMs: 9_000, probes: 1, windowSize: 20 });
    expect(policyOf(policies, 'search')).toMatchObject({ openMs: 5_000, probes: 1 });
    expect(policyOf(NO_POLICIES, 'search')).toMatchObject({ openMs: 30_000, probes: 3 });
  });

  it('of the handing of attempts to workers has a limit of its own for what is slow', () => {
    expect(policyOf(NO_POLICIES, 'test-execution')).toMatchObject({ slowCallMs: 2_000, windowSize: 20 });
  });

  it('asks for no more calls than its window holds, which would never come', () => {
    const policies = dependencyPoliciesSchema.parse({ byName: { payments: { windowSize: 3 } } });
    expect(policyOf(policies, 'payments')).toMatchObject({ windowSize: 3, minimumCalls: 3 });
  });

  it('is that of no object that every object has', () => {
    expect(policyOf(NO_POLICIES, 'constructor')).toEqual(policyOf(NO_POLICIES, 'payments'));
  });

  it('refuses what it does not know and what makes no sense', () => {
    for (const policy of [{ openMS: 5 }, { windowSize: 0 }, { failureRateThreshold: 101 }, { probes: 101 }]) {
      expect(dependencyPoliciesSchema.safeParse({ defaults: policy }).success).toBe(false);
    }
    expect(dependencyPoliciesSchema.safeParse({ byName: { 'no name!': {} } }).success).toBe(false);
  });
});
