import fc from 'fast-check';
import { dependencyDecider } from '../../../lib/core/dependency/decider';
import { policyOf } from '../../../lib/core/dependency/policy';
import { freezeDependency, thawDependency } from '../../../lib/core/dependency/snapshot';
import type { DependencyMessage } from '../../../lib/core/messages/dependency';
import { DependencyDriver, POLICIES } from '../../support/dependency-driver';

/** What is said of a dependency without its breaker changing. */
const UNCHANGED: ReadonlySet<string> = new Set([
  ...['dependency.observed', 'dependency.watched', 'dependency.degrading', 'dependency.steady'],
]);

const people = { by: fc.constant('ana'), reason: fc.constant('r') };

/** `dueNow`: the timer of what is open strikes. */
type Step = DependencyMessage | { readonly type: 'dueNow' };
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      type: fc.constant('observed' as const),
      ok: fc.boolean(),
      by: fc.nat(40).map(String),
      startedAt: fc.nat(400),
      durationMs: fc.constantFrom(10, 10, 10, 500),
    }),
  },
  { weight: 4, arbitrary: fc.constant({ type: 'dueNow' as const }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('due' as const), until: fc.nat(5_000) }) },
  {
    weight: 1,
    arbitrary: fc.record({ type: fc.constant('watched' as const), pool: fc.constantFrom('p', 'q') }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant('forced' as const),
      status: fc.constantFrom('open' as const, 'closed' as const),
      ...people,
    }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('reset' as const), ...people }) },
);
const steps = fc.array(step, { maxLength: 120 });

function play(all: readonly Step[], check: (driver: DependencyDriver) => void = () => {}) {
  const driver = new DependencyDriver();
  all.forEach((each, i) => {
    const at = i * 5;
    const due = { type: 'due' as const, until: driver.state.openUntil ?? -1 };
    driver.send(each.type === 'dueNow' ? due : each, at);
    check(driver);
  });
  return driver;
}

describe('any dependency, whatever it is told in whatever order', () => {
  it('is always on its way: open for a time, held by a person, half open with a budget, or closed', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(steps, (all) => {
        play(all, ({ state }) => {
          const { status, forced, openUntil, probes } = state;
          seen.add(`${status} ${forced}`);
          expect(openUntil !== undefined).toBe(status === 'open' && !forced);
          expect(probes > 0).toBe(status === 'halfOpen');
        });
      }),
      { numRuns: 400 },
    );
    expect([...seen].sort()).toEqual([
      'closed false',
      'closed true',
      'halfOpen false',
      'open false',
      'open true',
    ]);
  });

  it('takes a call that is told again for the same', () => {
    fc.assert(
      fc.property(steps, step, (all, last) => {
        fc.pre(last.type === 'observed');
        const driver = play(all);
        driver.send(last as DependencyMessage, 1_000);
        const once = JSON.stringify(driver.state);
        driver.send(last as DependencyMessage, 1_000);
        expect(JSON.stringify(driver.state)).toBe(once);
      }),
      { numRuns: 400 },
    );
  });

  it('is the fold of its events, from a snapshot too, and grows by one version a change', () => {
    const decider = dependencyDecider(policyOf(POLICIES, 'payments'));
    fc.assert(
      fc.property(steps, fc.nat(60), (all, cut) => {
        const { events, state } = play(all);
        let again = decider.initial();
        events.forEach(({ event, at }, i) => {
          if (i === cut) again = thawDependency(JSON.parse(JSON.stringify(freezeDependency(again))));
          const { version, status } = again;
          again = decider.evolve(again, event, at);
          const isChange = !UNCHANGED.has(event.type);
          expect(again.version).toBe(version + (isChange ? 1 : 0));
          if (!isChange) expect(again.status).toBe(status);
        });
        expect(again).toEqual(state);
      }),
      { numRuns: 300 },
    );
  });
});
