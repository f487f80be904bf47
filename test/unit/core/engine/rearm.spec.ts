import { isArmed, type RearmDeps, rearm } from '../../../../lib/core/engine/rearm';
import { EMPTY_HEAD, type Recorded, record } from '../../../../lib/core/journal/envelope';
import type { Effect } from '../../../../lib/core/messages/effect';
import type { EffectPorts } from '../../../../lib/core/ports/effects';
import { MINUTE, START, TargetDriver } from '../../../support/target-driver';
import { onPush, schedule, TriggerDriver } from '../../../support/trigger-driver';

const HOUR = 60 * MINUTE;

/** Ports that note what they are asked for, as far as clocks and timers go. */
function world(stream: string, state: unknown, events: readonly Recorded[], fails = false) {
  const asked: unknown[][] = [];
  const note = async (...what: unknown[]) => {
    if (fails) throw new Error('not now');
    asked.push(what);
  };
  const ports = {
    sources: { arm: (id: string, source: unknown) => note('arm', id, source) },
    timers: {
      schedule: (delivery: Extract<Effect, { kind: 'timer' }>, dueAt: number) =>
        note('timer', delivery.to, dueAt),
    },
    submissions: { submit: (jobId: string) => note('submit', jobId) },
    streams: { send: (delivery: { to: unknown }) => note('send', delivery.to) },
  } as unknown as EffectPorts;
  const head = events.at(-1) ?? EMPTY_HEAD;
  const deps = {
    ports,
    streams: { view: async () => ({ state, head, traceId: undefined }) },
    journal: {
      async *read() {
        yield* events;
      },
    },
    log: { info: () => {}, warn: () => {}, error: () => {} },
  } as unknown as RearmDeps;
  return { asked, rearmed: () => rearm(deps, stream) };
}

function recorded(stream: string, driver: { readonly events: readonly { event: object; at: number }[] }) {
  const actor = { kind: 'engine', id: 'test' } as const;
  const cause = { at: START, actor, causeId: 'c', correlationId: stream, traceId: 'x' };
  const events = driver.events.map(({ event }) => event as { type: string; data: object });
  return record(stream, EMPTY_HEAD, events, cause) as unknown as Recorded[];
}

const ofTrigger = (trigger: TriggerDriver, fails = false) =>
  world('trigger/t', trigger.state, recorded('trigger/t', trigger), fails);

describe('an environment that takes the place of one that is lost', () => {
  it.each([
    ['clock', schedule()],
    ['rule', onPush],
  ])('sets the %s of a trigger as its journal says it', async (_, source) => {
    const { asked, rearmed } = ofTrigger(TriggerDriver.of({ source }));
    expect(await rearmed()).toBe(1);
    expect(asked).toMatchObject([['arm', 't', source]]);
  });

  it('submits the job of a trigger again that may have been on its way', async () => {
    const trigger = TriggerDriver.of({ source: onPush });
    trigger.push('e1');
    const { asked, rearmed } = ofTrigger(trigger);
    await rearmed();
    expect(asked.map(([what]) => what)).toEqual(['submit', 'arm']);
  });

  it('leaves a trigger that is paused without a clock', async () => {
    const trigger = TriggerDriver.of();
    trigger.send({ type: 'pause', reason: 'holidays' });
    const { asked, rearmed } = ofTrigger(trigger);
    await rearmed();
    expect(asked).toEqual([['arm', 't', undefined]]);
  });

  it('sets the timers of a target of notifications', async () => {
    const target = new TargetDriver();
    target.notify('a', {}, { escalation: [{ target: 'lead', afterMs: HOUR }] });
    const { asked, rearmed } = world('target/oncall', target.state, recorded('target/oncall', target));
    await rearmed();
    expect(asked).toContainEqual(['timer', { kind: 'target', id: 'oncall' }, START + HOUR]);
  });

  it('asks again for what could not be set', async () => {
    await expect(ofTrigger(TriggerDriver.of(), true).rearmed()).rejects.toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
      message: 'the clocks and timers of trigger/t are not all set',
    });
  });

  it('leaves jobs and pools to the reconciler', async () => {
    expect(
      ['job/1', 'pool/default', 'trigger/t', 'letter/g', 'target/o', 'dependency/d'].map(isArmed),
    ).toEqual([...[false, false, true, true, true, true]]);
    const { asked, rearmed } = world('job/1', {}, []);
    expect([await rearmed(), asked]).toEqual([0, []]);
  });
});
