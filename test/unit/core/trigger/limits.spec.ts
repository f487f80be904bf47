import { MAX_FIRINGS_PER_MINUTE } from '../../../../lib/core/trigger/decide';
import { jobOf, MINUTE, NOON, onPush, TriggerDriver, told } from '../../../support/trigger-driver';

const LIMIT = MAX_FIRINGS_PER_MINUTE;

describe('the pace of a trigger', () => {
  function stormed(count: number) {
    const trigger = TriggerDriver.of({ source: onPush, overlap: 'allow' });
    for (let i = 0; i < count; i++) trigger.push(String(i));
    return trigger;
  }

  it('says once that there were too many in a minute, and drops the rest unsaid', () => {
    const trigger = stormed(LIMIT);
    expect(trigger.state.running).toHaveLength(LIMIT);
    expect(told(trigger.push('one more'))).toEqual(['skipped event/one more: rate']);
    expect(told(trigger.push('another'))).toEqual([]);
    expect(told(trigger.fire('by hand'))).toEqual([]);
    expect(trigger.events).toHaveLength(1 + LIMIT + 1);
  });

  it('begins anew with the next minute', () => {
    const trigger = stormed(LIMIT + 5);
    trigger.now = NOON + MINUTE;
    expect(told(trigger.push('later'))).toEqual(['fired event/later']);
  });

  it('counts what starts no job as well, as the journal holds that too', () => {
    const trigger = TriggerDriver.of({ source: onPush, overlap: 'skip' });
    for (let i = 0; i < 3 * LIMIT; i++) trigger.push(String(i));
    expect(trigger.events).toHaveLength(1 + LIMIT + 1);
  });

  it('counts a repeat once, and not what the trigger did itself', () => {
    const trigger = TriggerDriver.of({ source: onPush, overlap: 'allow' });
    for (let i = 0; i < LIMIT; i++) trigger.push('same');
    for (let i = 0; i < LIMIT; i++) trigger.push(`own-${i}`, { trigger: { id: 't' } });
    expect(told(trigger.push('new'))).toEqual(['fired event/new']);
  });

  it('does not go back with the clock of the process', () => {
    const trigger = stormed(LIMIT + 1);
    trigger.now -= MINUTE;
    expect(told(trigger.push('in the past'))).toEqual([]);
  });

  it('lets the clock of a schedule through, which strikes once a minute', () => {
    const trigger = TriggerDriver.of({ overlap: 'allow' });
    trigger.now += 60 * MINUTE;
    for (let i = 0; i < LIMIT + 5; i++) trigger.fire(String(i));
    expect(told(trigger.send({ type: 'due' }))).toEqual(['fired 2026-06-01T13:00:00.000Z']);
  });
});

describe('where a firing goes back to', () => {
  const firingOf = (trigger: TriggerDriver) =>
    trigger.events.at(-1)?.event.data as { firing: { root?: string; depth?: number } };

  it('is the same for all triggers that one event from elsewhere makes fire', () => {
    const roots = ['a', 'b'].map((id) => {
      const trigger = TriggerDriver.of({ source: onPush });
      trigger.send({ type: 'event', event: { id: 'push-1', source: 'git', detail: { by: id } } });
      return firingOf(trigger).firing.root;
    });
    expect(roots[0]).toMatch(/^e-[0-9a-f]{40}$/);
    expect(roots[1]).toBe(roots[0]);
  });

  it('is the job that somebody submitted, where its end made it fire', () => {
    const trigger = TriggerDriver.of({ source: onPush });
    const detail = { jobId: 'job-1', owner: 'ana' };
    trigger.send({ type: 'event', event: { id: 'job/job-1/9', source: 'reprise', detail } });
    expect(firingOf(trigger).firing).toMatchObject({ root: 'job-1' });
    expect(firingOf(trigger).firing.depth).toBeUndefined();
  });

  it('is carried on by what other triggers start, one deeper each time', () => {
    const trigger = TriggerDriver.of({ source: onPush });
    const detail = { jobId: 'job-7', owner: 'ana', trigger: { id: 'other', root: 'first', depth: 2 } };
    trigger.send({ type: 'event', event: { id: 'job/job-7/9', source: 'reprise', detail } });
    expect(firingOf(trigger).firing).toMatchObject({ root: 'first', depth: 3 });
    const [submit] = trigger.effectsOf(trigger.events.slice(-1).map(({ event }) => event));
    expect(submit).toMatchObject({ submission: { trigger: { root: 'first', depth: 3 } } });
  });

  it('is the first job where the clock or a person started it', () => {
    const trigger = TriggerDriver.of();
    const [fired] = trigger.fire('1');
    expect(fired).toMatchObject({ data: { jobId: jobOf('manual/1'), firing: { root: jobOf('manual/1') } } });
  });

  it('is told with a job that was refused, so that triggers on refusals cannot feed each other for ever', () => {
    const trigger = TriggerDriver.of();
    trigger.fire('1');
    const jobId = jobOf('manual/1');
    const refused = trigger.send({ type: 'jobRefused', jobId, reason: 'gone', root: 'first', depth: 4 });
    expect(trigger.effectsOf(refused)).toMatchObject([
      { event: { detail: { jobId, reason: 'gone', trigger: { root: 'first', depth: 4 } } } },
    ]);
  });
});

describe('a firing past what its cause or its owner may start', () => {
  const limit = (why: 'root' | 'ownerRate', room = 0) => ({ limit: { why, room } });

  it.each(['root', 'ownerRate'] as const)('starts nothing, which is said (%s) and not published', (why) => {
    const trigger = TriggerDriver.of({ source: onPush, overlap: 'cancel' });
    trigger.push('1');
    const event = { id: '2', source: 'git', detail: {} };
    const events = trigger.decider.decide(trigger.state, { type: 'event', event, at: NOON, ...limit(why) });
    // Nothing is cancelled for a job that does not start.
    expect(told(events)).toEqual([`skipped event/2: ${why}`]);
    expect(trigger.effectsOf(events)).toEqual([]);
  });

  it('starts as many of several as there is room for', () => {
    const trigger = TriggerDriver.of({ overlap: 'allow', source: { ...hourly } });
    const at = NOON + 3 * 60 * MINUTE;
    const events = trigger.decider.decide(trigger.state, { type: 'due', at, ...limit('ownerRate', 2) });
    expect(told(events).map((text) => text.replace(/ .*Z/, ''))).toEqual([
      'fired',
      'fired',
      'skipped: ownerRate',
    ]);
  });

  it('that waited is dropped, and waits no more', () => {
    const trigger = TriggerDriver.of({ source: onPush, overlap: 'queue' });
    trigger.push('1');
    trigger.push('2');
    const jobId = trigger.state.running[0] as string;
    const input = { type: 'jobEnded', jobId, status: 'succeeded', at: NOON, ...limit('root') } as const;
    for (const event of trigger.decider.decide(trigger.state, input))
      trigger.decider.evolve(trigger.state, event, NOON);
    expect([trigger.state.running, trigger.state.waiting]).toEqual([[], undefined]);
  });
});

const hourly = { kind: 'schedule', cron: '0 * * * *', timezone: 'UTC', missed: 'all' } as const;
