import fc from 'fast-check';
import type { Severity } from '../../../lib/core/messages/event-types';
import type { Telling } from '../../../lib/core/messages/target';
import { BREAKER, MOST_TRIES, reaches } from '../../../lib/core/notify/decide';
import type { TargetEvent } from '../../../lib/core/notify/events';
import { quietUntil } from '../../../lib/core/notify/quiet';
import { freezeTarget, thawTarget } from '../../../lib/core/notify/snapshot';
import { stateOf } from '../../../lib/core/retry/breaker';
import { MINUTE, START, TargetDriver } from '../../support/target-driver';

const HOUR = 60 * MINUTE;
type Ev<T extends TargetEvent['type']> = Extract<TargetEvent, { readonly type: T }>;

/** `answer`: how the try under way comes out; `late`: what was said of an earlier try comes again. */
type Step =
  | {
      readonly type: 'notify';
      readonly id: number;
      readonly signature: number;
      readonly severity: Severity;
      readonly job: string | undefined;
      readonly telling: Omit<Telling, 'rule'>;
    }
  | {
      readonly type: 'answer';
      readonly how: 'ok' | 'later' | 'never';
      readonly retryAfterMs: number | undefined;
    }
  | { readonly type: 'late'; readonly pick: number; readonly how: 'ok' | 'later' }
  | { readonly type: 'wait'; readonly ms: number }
  | { readonly type: 'redrive' }
  | { readonly type: 'acknowledge'; readonly id: number };

const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const severity = fc.constantFrom<Severity>('info', 'warning', 'critical');
const telling = fc
  .record({
    dedupeMs: fc.constantFrom(0, 5 * MINUTE, HOUR),
    digest: maybe(
      fc.record({ above: fc.integer({ min: 1, max: 3 }), withinMs: fc.constantFrom(MINUTE, HOUR) }),
    ),
    quiet: maybe(
      fc.record({
        timezone: fc.constantFrom('UTC', 'Europe/Berlin'),
        ...{ from: fc.integer({ min: 0, max: 1_439 }), to: fc.integer({ min: 0, max: 1_439 }) },
        breaksThrough: severity,
      }),
    ),
    escalation: maybe(
      fc.constantFrom(
        [{ target: 'lead', afterMs: 15 * MINUTE }],
        [
          { target: 'lead', afterMs: 0 },
          { target: 'manager', afterMs: HOUR },
        ],
      ),
    ),
  })
  .map(({ dedupeMs, ...rest }) => ({
    dedupeMs,
    ...(Object.fromEntries(
      Object.entries(rest).filter(([, value]) => value !== undefined),
    ) as Partial<Telling>),
  }));

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      ...{ type: fc.constant('notify' as const), id: fc.nat(30), signature: fc.nat(12), severity, telling },
      job: fc.constantFrom('j', 'k', undefined),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      type: fc.constant('answer' as const),
      how: fc.constantFrom('ok' as const, 'later' as const, 'later' as const, 'never' as const),
      retryAfterMs: maybe(fc.integer({ min: 0, max: HOUR })),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant('late' as const),
      ...{ pick: fc.nat(50), how: fc.constantFrom('ok' as const, 'later' as const) },
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant('wait' as const),
      ms: fc.oneof(
        fc.integer({ min: 0, max: 2 * MINUTE }),
        fc.integer({ min: 0, max: 3 * HOUR }),
        fc.constantFrom(5 * MINUTE, HOUR),
      ),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ type: 'redrive' as const }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('acknowledge' as const), id: fc.nat(30) }) },
);

function take(target: TargetDriver, given: Step): void {
  switch (given.type) {
    case 'notify': {
      const { id, signature, severity: how, job } = given;
      const more = {
        signature: `s${signature}`,
        severity: how,
        ...(job === undefined ? {} : { jobId: job }),
      };
      target.notify(`n${id}`, more, given.telling);
      return;
    }
    case 'answer':
      if (!target.state.underWay) return;
      if (given.how === 'ok') target.succeed();
      else target.fail(given.how === 'later', given.retryAfterMs);
      return;
    case 'late': {
      const tries = eventsOf(target, 'delivery.started');
      const picked = tries[given.pick % Math.max(1, tries.length)];
      if (!picked) return;
      const { deliveryId, attempt } = picked.data;
      const said = { deliveryId, attempt, to: 'hooks.example' };
      target.send(
        given.how === 'ok'
          ? { type: 'delivered', ...said }
          : { type: 'failed', ...said, why: 'it answered 503', retryable: true },
      );
      return;
    }
    case 'wait':
      target.wait(given.ms);
      return;
    case 'redrive':
      target.send({ type: 'redrive', by: 'ana' });
      return;
    case 'acknowledge':
      target.send({ type: 'acknowledge', alert: `n${given.id}`, by: 'ana' });
  }
}

const eventsOf = <T extends TargetEvent['type']>(target: TargetDriver, type: T): Ev<T>[] =>
  target.events.flatMap(({ event }) => (event.type === type ? [event as Ev<T>] : []));

/** Folds what happened once more, and looks at each event from the state before it. */
function look(
  target: TargetDriver,
  at: (event: TargetEvent, state: TargetDriver['state'], time: number) => void,
) {
  const again = new TargetDriver();
  for (const { event, at: time } of structuredClone(target.events)) {
    at(event, again.state, time);
    again.now = time;
    again.replay(event);
  }
}

/** From here on everything arrives, until nothing is left that could be due. */
function settle(target: TargetDriver): void {
  for (let rounds = 0; rounds < 500; rounds++) {
    if (target.state.underWay) target.succeed();
    else if (target.timers().some((at) => at > target.now)) target.wait(HOUR);
    else return;
  }
  throw new Error('it does not come to rest');
}

const steps = fc.array(step, { minLength: 5, maxLength: 60 });
const played = steps.map((all) => {
  const target = new TargetDriver();
  for (const each of all) take(target, each);
  return target;
});
const holds = (check: (target: TargetDriver) => void) =>
  fc.assert(fc.property(played, check), { numRuns: 100, seed: 16 });

describe('a target of notifications, whatever happens to it', () => {
  it('tells each notice once, or has it parked, or said why it was not told: none is lost', () => {
    holds((target) => {
      settle(target);
      const fate = new Map<string, string[]>();
      const note = (id: string, what: string) => fate.set(id, [...(fate.get(id) ?? []), what]);
      look(target, (event, state) => {
        if (event.type === 'notice.suppressed') note(event.data.id, 'suppressed');
        if (event.type !== 'delivery.succeeded') return;
        const { deliveryId } = event.data;
        const told = [...state.queue, ...state.parked].find(({ id }) => id === deliveryId);
        for (const { id } of told?.notices ?? []) note(id, 'told');
      });
      for (const { notices } of target.state.parked) for (const { id } of notices) note(id, 'parked');
      for (const { data } of [...eventsOf(target, 'notice.accepted'), ...eventsOf(target, 'notice.held')])
        expect([data.notice.id, fate.get(data.notice.id)]).toEqual([
          data.notice.id,
          [expect.stringMatching(/told|parked/)],
        ]);
      for (const what of fate.values()) expect(what).toHaveLength(1);
      expect([target.state.queue, target.state.held]).toEqual([[], []]);
    });
  });

  it('suppresses only what says the same as something that came within the time of its rule', () => {
    holds((target) => {
      const until = new Map<string, number>();
      look(target, (event, _, at) => {
        if (event.type === 'notice.suppressed')
          expect(until.get(event.data.signature) ?? 0).toBeGreaterThan(at);
        if (event.type !== 'notice.accepted' && event.type !== 'notice.held') return;
        const { notice, telling: how } = event.data;
        expect(until.get(notice.signature) ?? 0).toBeLessThanOrEqual(at);
        if (how.dedupeMs > 0) until.set(notice.signature, at + how.dedupeMs);
      });
    });
  });

  it('leaves people alone in quiet hours, but for what breaks through', () => {
    holds((target) => {
      look(target, (event, state, at) => {
        if (event.type === 'notice.accepted') {
          const { quiet } = event.data.telling;
          if (quiet && quietUntil(quiet, at) !== undefined)
            expect(reaches(event.data.notice.severity, quiet.breaksThrough)).toBe(true);
        }
        if (event.type !== 'notice.released') return;
        for (const id of event.data.notices)
          expect(state.held.find(({ notice }) => notice.id === id)?.until).toBeLessThanOrEqual(at);
      });
    });
  });

  it('tries one delivery at a time, none that is not due, none past an open breaker, and of a job in its order', () => {
    holds((target) => {
      settle(target);
      look(target, (event, state, at) => {
        if (event.type !== 'delivery.started') return;
        expect(state.underWay).toBeUndefined();
        expect(stateOf(state.breaker, at).kind).not.toBe('open');
        const place = state.queue.findIndex(({ id }) => id === event.data.deliveryId);
        expect(state.queue[place]?.dueAt).toBeLessThanOrEqual(at);
        const jobs = (i: number) => state.queue[i]?.notices.flatMap(({ jobId }) => jobId ?? []) ?? [];
        const before = Array.from({ length: place }, (_, i) => jobs(i)).flat();
        expect(jobs(place).filter((job) => before.includes(job))).toEqual([]);
      });
    });
  });

  it('tries ten times at most before a person has it tried again, and opens the breaker after five failures in a row', () => {
    holds((target) => {
      let failures = 0;
      look(target, (event) => {
        if (event.type === 'delivery.started') expect(event.data.attempt).toBeLessThanOrEqual(MOST_TRIES);
        if (event.type === 'delivery.succeeded') failures = 0;
        if (event.type !== 'delivery.failed') return;
        failures += 1;
        expect(event.data.openUntil !== undefined).toBe(failures >= BREAKER.opensAfter);
      });
    });
  });

  it('escalates an alert step by step, none early, none twice and none that was taken up; in the end all steps of the others', () => {
    holds((target) => {
      settle(target);
      const next = new Map<string, number>();
      const taken = new Set<string>();
      look(target, (event, state, at) => {
        if (event.type === 'alert.acknowledged') taken.add(event.data.alert);
        if (event.type !== 'alert.escalated') return;
        const { alert: id, step: number, target: to } = event.data;
        const alert = state.alerts.find(({ notice }) => notice.id === id);
        expect([number, taken.has(id)]).toEqual([next.get(id) ?? 0, false]);
        expect(alert?.steps[number]?.target).toBe(to);
        expect(at).toBeGreaterThanOrEqual((alert?.since ?? 0) + (alert?.steps[number]?.afterMs ?? 0));
        next.set(id, number + 1);
      });
      for (const { steps: all, next: reached } of target.state.alerts) expect(reached).toBe(all.length);
    });
  });

  it('is the same from its snapshot, and goes on the same', () => {
    holds((target) => {
      const frozen = JSON.parse(JSON.stringify(freezeTarget(target.state)));
      expect(thawTarget(frozen)).toEqual(target.state);
      expect(target.now).toBeGreaterThanOrEqual(START);
    });
  });
});
