import type { TriggerSource } from '../../../../lib/core/messages/trigger-definition';
import { MAX_DEPTH } from '../../../../lib/core/trigger/decide';
import { HOUR, jobOf, NOON, onPush, schedule, TriggerDriver, told } from '../../../support/trigger-driver';

describe('setting a trigger', () => {
  it('makes it active from now on', () => {
    const trigger = new TriggerDriver();
    expect(told(trigger.set())).toEqual(['set']);
    expect(trigger.state).toMatchObject({ status: 'active', owner: 'ana', createdAt: NOON, cursor: NOON });
  });

  it('to what it is changes nothing, in whatever order that is written', () => {
    const source: TriggerSource = {
      kind: 'event',
      pattern: { source: ['git'], detail: { a: ['1'], b: ['2'] } },
    };
    const trigger = TriggerDriver.of({ source });
    expect(trigger.set({ source })).toEqual([]);
    const pattern = { detail: { b: ['2'], a: ['1'] }, source: ['git'] };
    expect(trigger.set({ source: { kind: 'event', pattern } })).toEqual([]);
  });

  it('to another schedule forgets what the old one owed', () => {
    const trigger = TriggerDriver.of();
    trigger.now += 2 * HOUR;
    trigger.set({ source: schedule({ cron: '*/30 * * * *' }) });
    expect(trigger.dueAfter(0)).toEqual([]);
  });

  it('to another job keeps what its schedule owes', () => {
    const trigger = TriggerDriver.of();
    trigger.now += HOUR + 10;
    trigger.set({ job: { priority: 'high' } });
    expect(told(trigger.dueAfter(500))).toEqual(['fired 2026-06-01T13:00:00.000Z']);
    expect(trigger.state.createdAt).toBe(NOON);
  });

  it('leaves a paused one paused', () => {
    const trigger = TriggerDriver.of();
    trigger.send({ type: 'pause', reason: 'x' });
    trigger.set({ job: { pool: 'gpu' } });
    expect(trigger.state).toMatchObject({ status: 'paused', definition: { job: { pool: 'gpu' } } });
  });

  it('never goes back in time, though the clock of the process does', () => {
    const trigger = TriggerDriver.of();
    trigger.dueAfter(HOUR);
    trigger.now -= 60_000;
    trigger.set({ source: schedule({ missed: 'all' }) });
    expect(trigger.dueAfter(60_000)).toEqual([]);
    trigger.send({ type: 'pause', reason: 'x' });
    trigger.now -= 60_000;
    trigger.send({ type: 'unpause', reason: 'x' });
    expect(trigger.dueAfter(60_000)).toEqual([]);
  });
});

describe('a paused trigger', () => {
  function paused() {
    const trigger = TriggerDriver.of({ overlap: 'queue' });
    trigger.send({ type: 'pause', reason: 'holiday' });
    return trigger;
  }

  it('fires for neither its clock nor events, and misses nothing', () => {
    const trigger = paused();
    expect(trigger.dueAfter(3 * HOUR)).toEqual([]);
    expect(told(trigger.send({ type: 'unpause', reason: 'back' }))).toEqual(['unpaused']);
    expect(trigger.dueAfter(0)).toEqual([]);
    expect(told(trigger.dueAfter(HOUR))).toEqual(['fired 2026-06-01T16:00:00.000Z']);
    const listener = TriggerDriver.of({ source: onPush });
    listener.send({ type: 'pause', reason: 'x' });
    expect(listener.push('1')).toEqual([]);
  });

  it('fires when somebody asks for it', () => {
    const trigger = paused();
    expect(told(trigger.fire('1'))).toEqual(['fired manual/1']);
    expect(trigger.state.status).toBe('paused');
  });

  it('is not paused once more, nor unpaused twice', () => {
    const trigger = paused();
    expect(trigger.send({ type: 'pause', reason: 'x' })).toEqual([]);
    trigger.send({ type: 'unpause', reason: 'x' });
    expect(trigger.send({ type: 'unpause', reason: 'x' })).toEqual([]);
  });

  it('drops the firing that waited, and says why', () => {
    const trigger = TriggerDriver.of({ overlap: 'queue' });
    trigger.fire('1');
    trigger.fire('2');
    expect(told(trigger.send({ type: 'pause', reason: 'x' }))).toEqual([
      'skipped manual/2: paused',
      'paused',
    ]);
    expect(told(trigger.end('manual/1'))).toEqual(['jobEnded']);
  });
});

describe('a deleted trigger', () => {
  it('drops the firing that waited, and is gone', () => {
    const trigger = TriggerDriver.of({ overlap: 'queue' });
    trigger.fire('1');
    trigger.fire('2');
    const dropped = ['skipped manual/2: deleted', 'deleted'];
    expect(told(trigger.send({ type: 'delete' }))).toEqual(dropped);
    expect(trigger.send({ type: 'delete' })).toEqual([]);
    expect(trigger.fire('3')).toEqual([]);
    expect(trigger.dueAfter(HOUR)).toEqual([]);
    expect(trigger.send({ type: 'pause', reason: 'x' })).toEqual([]);
    expect(told(trigger.end('manual/1'))).toEqual(['jobEnded']);
  });

  it('is made anew without what was due in between, and knows its jobs still', () => {
    const trigger = TriggerDriver.of();
    trigger.fire('1');
    trigger.send({ type: 'delete' });
    trigger.now += 2 * HOUR;
    expect(told(trigger.set())).toEqual(['set']);
    expect(trigger.state).toMatchObject({ status: 'active', createdAt: trigger.now });
    expect(trigger.dueAfter(0)).toEqual([]);
    expect(told(trigger.fire('2'))).toEqual(['skipped manual/2: overlap']);
  });
});

describe('a trigger that nobody made', () => {
  it('does nothing, whatever it hears', () => {
    const trigger = new TriggerDriver();
    expect(trigger.dueAfter(HOUR)).toEqual([]);
    for (const type of ['pause', 'unpause'] as const) expect(trigger.send({ type, reason: 'x' })).toEqual([]);
    expect([trigger.send({ type: 'delete' }), trigger.fire('1'), trigger.push('1')]).toEqual([[], [], []]);
    expect(trigger.end('manual/1')).toEqual([]);
    expect(trigger.state.status).toBe('none');
  });
});

describe('an event', () => {
  it('starts one job, however often it arrives', () => {
    const trigger = TriggerDriver.of({ source: onPush, overlap: 'allow' });
    const [fired] = trigger.push('1');
    expect(fired).toMatchObject({ type: 'trigger.fired', data: { jobId: jobOf('event/1') } });
    expect(trigger.push('1')).toEqual([]);
    trigger.end('event/1');
    expect(trigger.push('1')).toEqual([]);
    expect(told(trigger.push('2'))).toEqual(['fired event/2']);
  });

  it('of the engine that is published again starts nothing, whatever id the bus gives it then', () => {
    const trigger = TriggerDriver.of({ source: onPush, overlap: 'allow' });
    const publish = (id: string, detail: object) =>
      told(
        trigger.send({
          type: 'event',
          event: { id, source: 'reprise', detail: { reprise_owner: 'ana', ...detail } },
        }),
      );
    expect(publish('1', { id: 'job/j/9' })).toEqual(['fired event/job/j/9']);
    expect(publish('2', { id: 'job/j/9' })).toEqual([]);
    expect(publish('3', { id: 'job/j/10' })).toEqual(['fired event/job/j/10']);
    expect([publish('4', {}), publish('5', { id: '' }), publish('6', { id: 7 })]).toEqual([
      ['fired event/4'],
      ['fired event/5'],
      ['fired event/6'],
    ]);
    expect(publish('7', { id: 'x'.repeat(10_000) })).toEqual(['fired event/7']);
  });

  it('from elsewhere is another one with another id, whatever it says', () => {
    const trigger = TriggerDriver.of({ source: onPush, overlap: 'allow' });
    expect(told(trigger.push('1', { id: 'x' }))).toEqual(['fired event/1']);
    expect(told(trigger.push('2', { id: 'x' }))).toEqual(['fired event/2']);
  });

  it('that was skipped is not made good by a repeat', () => {
    const trigger = TriggerDriver.of({ source: onPush });
    trigger.push('1');
    expect(told(trigger.push('2'))).toEqual(['skipped event/2: overlap']);
    trigger.end('event/1');
    expect(trigger.push('2')).toEqual([]);
  });

  it('of a job of the same trigger is skipped', () => {
    const trigger = TriggerDriver.of({ source: onPush });
    expect(told(trigger.push('1', { trigger: { id: 't' } }))).toEqual(['skipped event/1: own']);
    expect(told(trigger.push('2', { trigger: { id: 'other' } }))).toEqual(['fired event/2']);
  });

  it('of a chain of triggers is skipped once it is too long, and says how long it is', () => {
    const trigger = TriggerDriver.of({ source: onPush, overlap: 'allow' });
    expect(told(trigger.push('1', { trigger: { id: 'other', depth: MAX_DEPTH - 1 } }))).toEqual([
      'fired event/1',
    ]);
    expect(trigger.events.at(-1)?.event).toMatchObject({ data: { firing: { depth: MAX_DEPTH } } });
    expect(told(trigger.push('2', { trigger: { id: 'other', depth: MAX_DEPTH } }))).toEqual([
      'skipped event/2: depth',
    ]);
    expect(told(trigger.push('3', { trigger: 'nightly' }))).toEqual(['fired event/3']);
  });

  it('that comes late to what has become a schedule starts nothing', () => {
    const trigger = TriggerDriver.of({ source: onPush });
    trigger.set({ source: schedule() });
    expect(trigger.push('1')).toEqual([]);
  });

  it('of any shape is taken', () => {
    const trigger = TriggerDriver.of({
      source: onPush,
      overlap: 'allow',
      job: { parameters: { a: '$.detail.a.b' } },
    });
    for (const [i, detail] of [null, 'text', 5, [], { trigger: null }, { a: null }].entries()) {
      const [event] = trigger.send({ type: 'event', event: { id: `${i}`, detail } });
      expect(event).toMatchObject({ type: 'trigger.fired', data: { firing: { parameters: { a: '' } } } });
    }
  });
});

describe('firing by hand', () => {
  it('starts one job per request, as the overlap policy allows', () => {
    const trigger = TriggerDriver.of();
    expect(trigger.fire('1')).toMatchObject([
      { data: { firing: { id: 'manual/1' }, jobId: jobOf('manual/1') } },
    ]);
    expect(trigger.fire('1')).toEqual([]);
    expect(told(trigger.fire('2'))).toEqual(['skipped manual/2: overlap']);
  });

  it('moves no time of the schedule', () => {
    const trigger = TriggerDriver.of({ overlap: 'allow' });
    trigger.now += HOUR;
    trigger.fire('1');
    expect(told(trigger.dueAfter(10))).toEqual(['fired 2026-06-01T13:00:00.000Z']);
  });
});

describe('the end of a job', () => {
  const queued = () => {
    const trigger = TriggerDriver.of({ overlap: 'queue' });
    for (const id of ['1', '2', '3']) trigger.fire(id);
    return trigger;
  };

  it('starts the latest firing that waited', () => {
    const trigger = queued();
    const fired = ['fired manual/1', 'queued manual/2', 'skipped manual/2: superseded', 'queued manual/3'];
    expect(told(trigger.events.map(({ event }) => event)).slice(1)).toEqual(fired);
    expect(told(trigger.end('manual/1', 'failed'))).toEqual(['jobEnded', 'fired manual/3']);
    expect(trigger.state).toMatchObject({
      running: [jobOf('manual/3')],
      recent: [{ what: 'fired' }, {}, {}, {}, {}],
    });
    expect(trigger.state.waiting).toBeUndefined();
  });

  it('of one that was cancelled is the end of that, too', () => {
    const trigger = TriggerDriver.of({ overlap: 'cancel' });
    trigger.fire('1');
    trigger.fire('2');
    expect(trigger.state.cancelled).toEqual([jobOf('manual/1')]);
    trigger.end('manual/1', 'cancelled');
    expect(trigger.state).toMatchObject({ cancelled: [], running: [jobOf('manual/2')] });
  });

  it('counts once, and only of its own jobs', () => {
    const trigger = queued();
    expect(trigger.end('manual/9')).toEqual([]);
    trigger.end('manual/1');
    expect(trigger.end('manual/1')).toEqual([]);
  });

  it('starts nothing while another one runs', () => {
    const trigger = TriggerDriver.of({ overlap: 'allow' });
    for (const id of ['1', '2']) trigger.fire(id);
    trigger.set({ overlap: 'queue' });
    trigger.fire('3');
    expect(told(trigger.end('manual/1'))).toEqual(['jobEnded']);
    expect(told(trigger.end('manual/2'))).toEqual(['jobEnded', 'fired manual/3']);
  });

  it('that was recorded without the start that follows starts it when it is told again', () => {
    const trigger = queued();
    const torn = trigger.decider.decide(trigger.state, {
      ...{ type: 'jobEnded', jobId: jobOf('manual/1'), status: 'succeeded', at: trigger.now },
    });
    trigger.state = trigger.decider.evolve(trigger.state, torn[0] as (typeof torn)[0], trigger.now);
    expect(told(trigger.end('manual/1'))).toEqual(['fired manual/3']);
  });

  it('may be that it was never taken: that is said, and the next one has its turn', () => {
    const trigger = queued();
    const refused = { type: 'jobRefused', jobId: jobOf('manual/1'), reason: 'no such graph' } as const;
    expect(told(trigger.send(refused))).toEqual(['jobRefused', 'fired manual/3']);
    expect(trigger.state.recent[1]).toMatchObject({ what: 'refused', why: 'no such graph' });
    expect(trigger.send(refused)).toEqual([]);
  });
});
