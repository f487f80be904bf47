import { jobAt } from '../../../../lib/core/messages/address';
import type { TriggerEvent } from '../../../../lib/core/trigger/events';
import { HOUR, jobOf, NOON, onPush, schedule, TriggerDriver } from '../../../support/trigger-driver';

/** Of the first event of the stream. */
const cause = expect.objectContaining({ stream: 'trigger/t', seq: 1 });

const kinds = (trigger: TriggerDriver, events: readonly TriggerEvent[]) =>
  trigger.effectsOf(events).map(({ kind }) => kind);

describe('the clock or rule of a trigger', () => {
  it('follows its definition, and goes when it is paused or deleted', () => {
    const trigger = new TriggerDriver();
    const armed = (events: readonly TriggerEvent[]) => trigger.effectsOf(events);
    const of = { id: 'trigger/t/1', cause, kind: 'armTrigger', triggerId: 't' };
    expect(armed(trigger.set())).toEqual([{ ...of, source: schedule() }]);
    const pattern = { source: ['git'], detail: { reprise_owner: ['ana', { exists: false }] } };
    expect(armed(trigger.set({ source: onPush }))).toEqual([{ ...of, source: { kind: 'event', pattern } }]);
    expect(armed(trigger.send({ type: 'pause', reason: 'x' }))).toEqual([of]);
    expect(armed(trigger.set())).toEqual([of]);
    expect(armed(trigger.send({ type: 'unpause', reason: 'x' }))).toMatchObject([{ source: schedule() }]);
    expect(armed(trigger.send({ type: 'delete' }))).toEqual([of]);
  });

  it('is what the latest state says, whichever event asks once more', () => {
    const trigger = new TriggerDriver();
    const first = trigger.set();
    trigger.set({ source: onPush });
    expect(trigger.effectsOf(first)).toMatchObject([{ kind: 'armTrigger', source: onPush }]);
    trigger.send({ type: 'delete' });
    const of = { kind: 'armTrigger', triggerId: 't' };
    expect(trigger.effectsOf(first)).toEqual([{ id: 'trigger/t/1', cause, ...of }]);
  });
});

describe('a trigger that fired', () => {
  it('submits its job with its parameters, its deadline from now on, and its name', () => {
    const job = {
      priority: 'high',
      pool: 'gpu',
      deadlineMs: HOUR,
      parameters: { ref: '$.detail.ref' },
    } as const;
    const trigger = TriggerDriver.of({ source: onPush, job });
    trigger.now = NOON + 5;
    const [submit, publish, ...rest] = trigger.effectsOf(trigger.push('1', { ref: 'main' }));
    expect(submit).toEqual({
      ...{ id: 'trigger/t/1/submit', cause },
      kind: 'submitJob',
      jobId: jobOf('event/1'),
      submission: {
        ...{ graphHash: 'hash', owner: 'ana', priority: 'high', pool: 'gpu' },
        deadlineAt: NOON + 5 + HOUR,
        parameters: { ref: 'main' },
        trigger: { id: 't', name: 'nightly', root: expect.stringMatching(/^e-[0-9a-f]{40}$/) },
      },
    });
    expect(publish).toEqual({
      ...{ id: 'trigger/t/1/publish', cause },
      kind: 'publish',
      event: {
        ...{ id: 'trigger/t/1', type: 'orchestration.trigger.fired', at: NOON + 5, owner: 'ana' },
        detail: {
          trigger: { id: 't', name: 'nightly', root: expect.stringMatching(/^e-/) },
          owner: 'ana',
          ...{ jobId: jobOf('event/1'), firing: 'event/1' },
        },
      },
    });
    expect(rest).toEqual([]);
  });

  it('submits the same once more, though the trigger has changed since', () => {
    const trigger = TriggerDriver.of();
    const fired = trigger.fire('1');
    const [submit] = trigger.effectsOf(fired);
    trigger.set({ job: { graphHash: 'other', deadlineMs: HOUR } });
    expect(trigger.effectsOf(fired)[0]).toEqual(submit);
    trigger.send({ type: 'delete' });
    expect(trigger.effectsOf(fired)[0]).toEqual(submit);
  });

  it('starts a queued firing as the trigger is when its turn comes', () => {
    const trigger = TriggerDriver.of({ overlap: 'queue' });
    trigger.fire('1');
    expect(trigger.effectsOf(trigger.fire('2'))).toEqual([]);
    trigger.set({ overlap: 'queue', job: { graphHash: 'other' } });
    const submission = { graphHash: 'other', owner: 'ana' };
    expect(trigger.effectsOf(trigger.end('manual/1'))).toMatchObject([
      { kind: 'submitJob', jobId: jobOf('manual/2'), submission },
      { kind: 'publish' },
    ]);
  });

  it('asks the jobs in its way to end before it submits its own', () => {
    const trigger = TriggerDriver.of({ overlap: 'allow' });
    for (const id of ['1', '2']) trigger.fire(id);
    trigger.set({ overlap: 'cancel' });
    const reason = `trigger nightly started job ${jobOf('manual/3')}`;
    const cancel = (id: string) => ({
      ...{ id: `trigger/t/1/${jobOf(id)}`, cause },
      ...{ kind: 'send', to: jobAt(jobOf(id)), message: { type: 'cancel', reason } },
    });
    const effects = trigger.effectsOf(trigger.fire('3'));
    expect(effects.slice(0, 2)).toEqual([cancel('manual/1'), cancel('manual/2')]);
    expect(effects.slice(2)).toMatchObject([{ kind: 'submitJob' }, { kind: 'publish' }]);
    expect(new Set(effects.map(({ id }) => id)).size).toBe(effects.length);
  });
});

describe('what started no job', () => {
  it('is published with the reason', () => {
    const trigger = TriggerDriver.of();
    trigger.fire('1');
    const skipped = {
      type: 'orchestration.trigger.skipped',
      detail: { firing: 'manual/2', reason: 'overlap' },
    };
    expect(trigger.effectsOf(trigger.fire('2'))).toMatchObject([{ kind: 'publish', event: skipped }]);
    const refused = { type: 'jobRefused', jobId: jobOf('manual/1'), reason: 'gone' } as const;
    expect(trigger.effectsOf(trigger.send(refused))).toMatchObject([
      {
        event: { type: 'orchestration.trigger.jobRefused', detail: { jobId: refused.jobId, reason: 'gone' } },
      },
    ]);
    const late = TriggerDriver.of({ source: schedule({ missed: 'skip' }) });
    const missed = { type: 'orchestration.trigger.missed', detail: { count: 2, from: NOON + HOUR } };
    expect(late.effectsOf(late.dueAfter(2.5 * HOUR))).toMatchObject([{ kind: 'publish', event: missed }]);
  });

  it('is not published of an event of its own, which it would hear again for ever', () => {
    const trigger = TriggerDriver.of({ source: onPush });
    expect(kinds(trigger, trigger.push('1', { trigger: { id: 't' } }))).toEqual([]);
  });

  it('asks for nothing when a job ended and none waits', () => {
    const trigger = TriggerDriver.of();
    trigger.fire('1');
    expect(kinds(trigger, trigger.end('manual/1'))).toEqual([]);
  });
});
