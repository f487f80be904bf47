import fc from 'fast-check';
import { letterDecider } from '../../../lib/core/dlq/decider';
import { freezeLetters, thawLetters } from '../../../lib/core/dlq/snapshot';
import type { LetterMessage } from '../../../lib/core/messages/letter';
import { LetterDriver, letterIdAt, letterOf } from '../../support/letter-driver';

const NODES = ['a', 'b', 'c', 'd', 'e', 'f'];
const MINUTE = 60_000;
const node = fc.constantFrom(...NODES);
const round = fc.integer({ min: 1, max: 3 });
const some = fc.option(fc.subarray(NODES, { minLength: 1 }), { nil: undefined });
const ids = (nodes: readonly string[] | undefined) =>
  nodes ? { letters: nodes.map((id) => letterIdAt(id)) } : {};
const people = { by: 'ana', reason: 'r' };

/** `ends`: the job says how a letter that is being redriven ended. `dueNow`: the timer of the order strikes. */
type Step =
  | LetterMessage
  | {
      readonly type: 'ends';
      readonly node: string;
      readonly outcome: 'succeeded' | 'again' | 'failed' | 'refused';
    }
  | { readonly type: 'dueNow' };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ node, seq: fc.nat(60) }).map(({ node: id, seq }) => {
      return {
        type: 'park' as const,
        letter: letterOf(id, { jobId: NODES.indexOf(id) < 3 ? 'j' : 'k' }),
        seq,
      };
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      type: fc.constant('ends' as const),
      node,
      outcome: fc.constantFrom('succeeded' as const, 'again' as const, 'failed' as const, 'refused' as const),
    }),
  },
  {
    weight: 4,
    arbitrary: fc
      .record({
        order: fc.nat(20),
        letters: some,
        mode: fc.constantFrom('canary' as const, 'all' as const),
        perMinute: fc.integer({ min: 1, max: 4 }),
        force: fc.option(fc.constant(true as const), { nil: undefined }),
      })
      .map(({ order, letters, mode, perMinute, force }) => ({
        ...{ type: 'redrive' as const, orderId: `o${order}`, mode, perMinute, ...people },
        ...(letters ? { letters: letters.map((id) => idOf(id)) } : {}),
        ...(force ? { force } : {}),
      })),
  },
  { weight: 3, arbitrary: fc.constant({ type: 'dueNow' as const }) },
  {
    weight: 1,
    arbitrary: fc
      .record({ letters: some, how: fc.constantFrom('skip' as const, 'succeed' as const, 'abort' as const) })
      .map(({ letters, how }) => ({ type: 'resolve' as const, how, ...ids(letters), ...people })),
  },
  {
    weight: 2,
    arbitrary: fc
      .record({ node, round, type: fc.constantFrom('laid' as const, 'returned' as const) })
      .map(({ node: id, round: n, type }) => ({
        type,
        letterId: idOf(id),
        round: n,
        messageId: `m${id}${n}`,
      })),
  },
  {
    weight: 1,
    arbitrary: some.map((letters) => ({ type: 'assign' as const, to: 'eve', by: 'ana', ...ids(letters) })),
  },
);
const steps = fc.array(step, { maxLength: 100 });

function idOf(id: string): string {
  return letterIdAt(id, NODES.indexOf(id) < 3 ? 'j' : 'k');
}

function messageOf(each: Step, { state }: LetterDriver): LetterMessage {
  if (each.type === 'dueNow') {
    return { type: 'due', orderId: state.order?.orderId ?? '', until: state.order?.until ?? 0 };
  }
  if (each.type !== 'ends') return each;
  const letterId = idOf(each.node);
  const seq = (state.letters.get(letterId)?.seq ?? 0) + 1;
  const jobId = NODES.indexOf(each.node) < 3 ? 'j' : 'k';
  return each.outcome === 'again'
    ? { type: 'park', letter: letterOf(each.node, { jobId }), seq }
    : { type: 'closed', letterId, outcome: each.outcome, seq };
}

const FIRST: readonly Step[] = NODES.slice(0, 5).map((each) => ({
  type: 'ends',
  node: each,
  outcome: 'again',
}));

/** Plays steps a few seconds apart, after some nodes have failed. */
function play(
  all: readonly Step[],
  check: (driver: LetterDriver, message: LetterMessage) => void = () => {},
): LetterDriver {
  const driver = new LetterDriver();
  let at = 0;
  for (const each of [...FIRST, ...all]) {
    const message = messageOf(each, driver);
    // A timer strikes when it is due, or later.
    at = Math.max(at + 7_000, message.type === 'due' ? message.until : 0);
    driver.send(message, at);
    check(driver, message);
  }
  return driver;
}

describe('any group of letters, whatever it is told in whatever order', () => {
  it('loses no letter: each that was parked waits, is on its way, or says how it was resolved', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(steps, (all) => {
        const parked = new Set<string>();
        play(all, ({ state }, message) => {
          if (message.type === 'park') parked.add(message.letter.letterId);
          for (const id of parked) {
            const letter = state.letters.get(id);
            seen.add(`${letter?.status}`);
            expect(letter).toBeDefined();
            expect(letter?.resolved !== undefined).toBe(letter?.status === 'resolved');
            if (letter?.status === 'redriving') expect(letter.orderId).toBeDefined();
          }
        });
      }),
      { numRuns: 100 },
    );
    expect([...seen].sort()).toEqual(['assigned', 'open', 'redriving', 'resolved']);
  });

  it('redrives no letter twice for one order', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const { events } = play(all);
        const sent = events.flatMap(({ event }) =>
          event.type === 'letter.redriven'
            ? event.data.letters.map((id) => `${event.data.orderId} ${id}`)
            : [],
        );
        // What comes back from the console joins the order under way, and may be one that this order has redriven before.
        const joined = new Set(
          events.flatMap(({ event }) =>
            event.type === 'letter.returned' ? [`${event.data.orderId} ${event.data.letterId}`] : [],
          ),
        );
        const ordered = sent.filter((each) => !joined.has(each));
        expect(new Set(ordered).size).toBe(ordered.length);
      }),
      { numRuns: 300 },
    );
  });

  it('sends a canary before the rest, and the rest only after it has ended well', () => {
    let canaries = 0;
    fc.assert(
      fc.property(steps, (all) => {
        const proven = new Set<string>();
        let canary: { readonly id: string; readonly orderId: string } | undefined;
        const canaried = new Set<string>();
        for (const { event } of play(all).events) {
          if (event.type === 'redrive.started' && event.data.mode === 'canary')
            canaried.add(event.data.orderId);
          if (event.type === 'letter.resolved' && event.data.how === 'retried') {
            if (canary && event.data.letters.includes(canary.id)) proven.add(canary.orderId);
          }
          if (event.type !== 'letter.redriven') continue;
          const { orderId, letters } = event.data;
          if (event.data.canary) {
            canaries += 1;
            expect(letters).toHaveLength(1);
            canary = { id: letters[0] as string, orderId };
          } else if (canaried.has(orderId)) expect(proven.has(orderId)).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
    expect(canaries).toBeGreaterThan(20);
  });

  it('keeps within what an order may redrive in any minute', () => {
    let paused = 0;
    fc.assert(
      fc.property(steps, (all) => {
        const caps = new Map<string, number>();
        const sent: { readonly orderId: string; readonly at: number; readonly count: number }[] = [];
        for (const { event, at } of play(all).events) {
          if (event.type === 'redrive.paused') paused += 1;
          if (event.type === 'redrive.started') caps.set(event.data.orderId, event.data.perMinute);
          if (event.type !== 'letter.redriven') continue;
          const { orderId, letters } = event.data;
          sent.push({ orderId, at, count: letters.length });
          const inMinute = sent.filter((each) => each.orderId === orderId && each.at > at - MINUTE);
          const total = inMinute.reduce((sum, { count }) => sum + count, 0);
          expect(total).toBeLessThanOrEqual(caps.get(orderId) ?? 60);
        }
      }),
      { numRuns: 300 },
    );
    expect(paused).toBeGreaterThan(10);
  });

  it('takes what is told again for the same', () => {
    fc.assert(
      fc.property(steps, step, (all, last) => {
        const driver = play(all);
        const message = messageOf(last, driver);
        const at = 1_000_000_000;
        driver.send(message, at);
        const once = JSON.stringify(freezeLetters(driver.state));
        // An order that was refused, as another one was under way, is asked for anew: that one may be over by then.
        if (message.type === 'redrive' && !JSON.parse(once).orders.includes(message.orderId)) return;
        driver.send(message, at);
        expect(JSON.stringify(freezeLetters(driver.state))).toBe(once);
      }),
      { numRuns: 300 },
    );
  });

  it('is the fold of its events, from a snapshot too', () => {
    fc.assert(
      fc.property(steps, fc.nat(80), (all, cut) => {
        const { events, state } = play(all);
        let again = letterDecider.initial();
        events.forEach(({ event, at }, i) => {
          if (i === cut) again = thawLetters(JSON.parse(JSON.stringify(freezeLetters(again))));
          again = letterDecider.evolve(again, event, at);
        });
        expect(again).toEqual(state);
      }),
      { numRuns: 200 },
    );
  });
});
