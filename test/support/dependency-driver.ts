import { dependencyDecider } from '../../lib/core/dependency/decider';
import { dependencyEffects } from '../../lib/core/dependency/effects';
import type { DependencyEvent } from '../../lib/core/dependency/events';
import { type DependencyPolicies, policyOf } from '../../lib/core/dependency/policy';
import type { Recorded } from '../../lib/core/journal/envelope';
import type { DependencyMessage } from '../../lib/core/messages/dependency';
import { described } from './described';

export const POLICIES: DependencyPolicies = {
  defaults: {
    ...{ windowSize: 4, minimumCalls: 2, failureRateThreshold: 50, slowCallRateThreshold: 100 },
    ...{ slowCallMs: 100, openMs: 1_000, longestMs: 3_000, probes: 2 },
  },
  byName: {},
};

/** A dependency named `payments`, and what was told to it. */
export class DependencyDriver {
  readonly #decider = dependencyDecider(policyOf(POLICIES, 'payments'));
  readonly state = this.#decider.initial();
  readonly events: { readonly event: DependencyEvent; readonly at: number }[] = [];
  #calls = 0;

  send(message: DependencyMessage, at = 0): DependencyEvent['type'][] {
    const events = this.#decider.decide(this.state, { ...message, at });
    for (const event of events) {
      this.#decider.evolve(this.state, event, at);
      this.events.push({ event, at });
    }
    return events.map(({ type }) => type);
  }

  /** Calls that begin and end at `at`: `+` succeeds, `-` fails, `~` is slow. */
  calls(signs: string, at = 0): DependencyEvent['type'][] {
    return [...signs].flatMap((sign) => {
      const durationMs = sign === '~' ? 101 : 100;
      const by = `call ${++this.#calls}`;
      return this.send({ type: 'observed', ok: sign !== '-', by, startedAt: at, durationMs }, at);
    });
  }

  /** The effects of its latest event, or of an earlier one, as the state has them now. */
  effects(i = this.events.length - 1) {
    const { event, at } = this.events[i]!;
    const recorded = { ...event, stream: 'dependency/payments', seq: i + 1, at } as Recorded<DependencyEvent>;
    return described(dependencyEffects(this.state, recorded));
  }
}
