import type { TriggerMessage } from '../../lib/core/messages/trigger';
import type {
  ScheduleSource,
  TriggerDefinition,
  TriggerSource,
} from '../../lib/core/messages/trigger-definition';
import type { TriggerSources } from '../../lib/core/ports/effects';
import { armedSource } from '../../lib/core/trigger/hearing';

/** What a trigger is told by its clock or rule. */
export interface Heard {
  readonly triggerId: string;
  readonly message: TriggerMessage;
  /** Of the message: a repeat has the same. */
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

export interface TriggerSourcesSetup {
  readonly sources: TriggerSources;
  /** Lets time pass, milliseconds. It begins with `START`. */
  readonly advance: (ms: number) => Promise<void>;
  /** An event on the bus that the rules look at. */
  readonly put: (source: string, detailType: string, detail: object) => Promise<unknown>;
  readonly heard: () => Promise<readonly Heard[]>;
}

/** A Friday, the day before summer time begins in Paris. */
export const START = Date.parse('2026-03-27T00:00:00Z');
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const clock = (cron: string, timezone = 'UTC'): ScheduleSource => {
  return { kind: 'schedule', cron, timezone, missed: 'latest' };
};
const rule = (pattern: Record<string, unknown>): TriggerSource => ({ kind: 'event', pattern });
const onMain = rule({ source: ['git'], detail: { branch: ['main'] } });

/** What the sources of triggers keep to, whoever plays the clock and the bus. What is heard may be heard again. */
export function describeTriggerSources(name: string, setup: () => Promise<TriggerSourcesSetup>): void {
  describe(`trigger sources: ${name}`, () => {
    let world: TriggerSourcesSetup;
    beforeEach(async () => {
      world = await setup();
    });

    /** Times at which the trigger is told that it is due, each once. */
    async function struck(triggerId = 't'): Promise<string[]> {
      const told = (await world.heard()).filter((heard) => heard.triggerId === triggerId);
      for (const { message } of told) expect(message).toEqual({ type: 'due' });
      return [...new Set(told.map(({ at }) => new Date(at).toISOString()))];
    }

    const eventsOf = async (triggerId = 't') =>
      (await world.heard()).flatMap((heard) =>
        heard.triggerId === triggerId && heard.message.type === 'event' ? [heard.message.event] : [],
      );
    const push = (branch: string) => world.put('git', 'push', { branch });

    describe('a clock', () => {
      it('strikes at the times of its schedule and at no others', async () => {
        await world.sources.arm('t', clock('30 2 * * *'));
        await world.advance(2 * DAY);
        expect(await struck()).toEqual(['2026-03-27T02:30:00.000Z', '2026-03-28T02:30:00.000Z']);
      });

      it('goes by its time zone, also on the day that its clocks change', async () => {
        await world.sources.arm('t', clock('30 4 * * *', 'Europe/Paris'));
        await world.advance(3 * DAY);
        expect(await struck()).toEqual([
          '2026-03-27T03:30:00.000Z',
          '2026-03-28T03:30:00.000Z',
          '2026-03-29T02:30:00.000Z',
        ]);
      });

      it('strikes on a day of the month and on a weekday, where it is given both', async () => {
        await world.sources.arm('t', clock('0 5 28 * 1,6'));
        await world.advance(10 * DAY);
        expect(await struck()).toEqual([
          '2026-03-28T05:00:00.000Z',
          '2026-03-30T05:00:00.000Z',
          '2026-04-04T05:00:00.000Z',
        ]);
      });

      it('tells each time under an id of its own, which is the same when it is told again', async () => {
        await world.sources.arm('t', clock('0 5 28 * 6'));
        await world.advance(9 * DAY);
        const told = await world.heard();
        const times = new Set(told.map(({ at }) => at));
        expect(times.size).toBe(2);
        expect(new Set(told.map(({ id }) => id)).size).toBe(times.size);
      });

      it('strikes once at a time, however often it is armed', async () => {
        for (let i = 0; i < 3; i++) await world.sources.arm('t', clock('30 2 * * *'));
        await world.advance(DAY);
        expect(await world.heard()).toHaveLength(1);
      });

      it('follows the latest definition only', async () => {
        await world.sources.arm('t', clock('0 5 28 * 1'));
        await world.sources.arm('t', clock('0 7 * * *', 'Asia/Tokyo'));
        await world.advance(2 * DAY);
        expect(await struck()).toEqual(['2026-03-27T22:00:00.000Z', '2026-03-28T22:00:00.000Z']);
        await world.sources.arm('t', clock('0 5 * * *'));
        await world.advance(DAY);
        expect((await struck()).slice(2)).toEqual(['2026-03-29T05:00:00.000Z']);
      });

      it('is gone without a source, and may be gone already', async () => {
        await world.sources.arm('t', clock('0 5 28 * 1'));
        for (let i = 0; i < 2; i++) await world.sources.arm('t', undefined);
        await world.sources.arm('never', undefined);
        await world.advance(10 * DAY);
        expect(await world.heard()).toEqual([]);
      });

      it('is one for each trigger', async () => {
        await world.sources.arm('t', clock('0 5 * * *'));
        await world.sources.arm('u', clock('0 6 * * *'));
        await world.advance(DAY);
        await world.sources.arm('t', undefined);
        await world.advance(DAY);
        expect(await struck('t')).toEqual(['2026-03-27T05:00:00.000Z']);
        expect(await struck('u')).toEqual(['2026-03-27T06:00:00.000Z', '2026-03-28T06:00:00.000Z']);
      });
    });

    describe('a rule', () => {
      it('hands its trigger the whole of each event that its pattern asks for, and no other', async () => {
        await world.sources.arm('t', onMain);
        const detail = {
          branch: 'main',
          by: { name: 'Zoë' },
          text: 'it says "no", \n and <aws.events.event>',
        };
        await world.put('git', 'push', detail);
        await push('topic');
        await world.put('other', 'push', detail);
        const events = await eventsOf();
        expect(events).toHaveLength(1);
        const whole = { id: expect.stringMatching(/./), source: 'git', 'detail-type': 'push', detail };
        expect(events[0]).toMatchObject(whole);
      });

      it.each([
        ['a name of several', { source: ['svn', 'git'] }, true],
        ['the type of the event', { 'detail-type': ['push'] }, true],
        ['another type', { 'detail-type': ['tag'] }, false],
        ['how a value begins', { detail: { branch: [{ prefix: 'ma' }] } }, true],
        ['how it does not begin', { detail: { branch: [{ prefix: 'to' }] } }, false],
        [
          'anything but a value',
          { source: ['git'], detail: { branch: [{ 'anything-but': 'topic' }] } },
          true,
        ],
        [
          'anything but this value',
          { source: ['git'], detail: { branch: [{ 'anything-but': 'main' }] } },
          false,
        ],
        ['a field that is there', { detail: { branch: [{ exists: true }] } }, true],
        ['a field that is not', { detail: { tag: [{ exists: true }] } }, false],
      ])('reads a pattern that asks for %s', async (_, pattern, isHeard) => {
        await world.sources.arm('t', rule(pattern));
        await push('main');
        expect(await eventsOf()).toHaveLength(isHeard ? 1 : 0);
      });

      it('hands on of what the engine publishes only its owner’s, and what is from elsewhere', async () => {
        const pattern = { 'detail-type': ['push'], detail: { branch: ['main'] } };
        const definition = { source: { kind: 'event', pattern } } as unknown as TriggerDefinition;
        await world.sources.arm('t', armedSource({ status: 'active', owner: 'ana', definition }));
        for (const reprise_owner of ['bob', '', 'ana']) {
          await world.put('reprise', 'push', { branch: 'main', reprise_owner });
        }
        await push('main');
        const heard = (await eventsOf()).map(({ source }) => source);
        expect(new Set(heard)).toEqual(new Set(['reprise', 'git']));
        const owners = (await eventsOf()).map(
          ({ detail }) => (detail as Record<string, unknown>)['reprise_owner'],
        );
        expect(new Set(owners)).toEqual(new Set(['ana', undefined]));
      });

      it('tells each event under an id of its own', async () => {
        await world.sources.arm('t', onMain);
        await push('main');
        await push('main');
        const told = await world.heard();
        expect(told).toHaveLength(2);
        expect(new Set(told.map(({ message }) => message.type === 'event' && message.event.id)).size).toBe(2);
      });

      it('hands on an event once, however often it is armed', async () => {
        for (let i = 0; i < 3; i++) await world.sources.arm('t', onMain);
        await push('main');
        expect(await eventsOf()).toHaveLength(1);
      });

      it('follows the latest definition only', async () => {
        await world.sources.arm('t', onMain);
        await world.sources.arm('t', rule({ source: ['git'], detail: { branch: ['topic'] } }));
        await push('main');
        await push('topic');
        expect(await eventsOf()).toMatchObject([{ detail: { branch: 'topic' } }]);
      });

      it('is gone without a source, and may be gone already', async () => {
        await world.sources.arm('t', onMain);
        for (let i = 0; i < 2; i++) await world.sources.arm('t', undefined);
        await push('main');
        expect(await world.heard()).toEqual([]);
      });

      it('is one for each trigger: an event goes to all that ask for it', async () => {
        await world.sources.arm('t', onMain);
        await world.sources.arm('u', rule({ source: ['git'] }));
        await push('main');
        await push('topic');
        expect(await eventsOf('t')).toHaveLength(1);
        expect(await eventsOf('u')).toHaveLength(2);
      });
    });

    it('turn a clock into a rule and a rule into a clock, of which only the last remains', async () => {
      await world.sources.arm('t', clock('0 5 * * *'));
      await world.sources.arm('t', onMain);
      await world.sources.arm('u', onMain);
      await world.sources.arm('u', clock('0 6 * * *'));
      await push('main');
      await world.advance(DAY);
      expect(await eventsOf('t')).toHaveLength(1);
      expect(await world.heard()).toHaveLength(2);
      expect(await struck('u')).toEqual(['2026-03-27T06:00:00.000Z']);
    });
  });
}
