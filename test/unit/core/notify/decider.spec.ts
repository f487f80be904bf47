import { LIMITS } from '../../../../lib/core/limits';
import { MOST_TRIES, PATIENCE_MS } from '../../../../lib/core/notify/decide';
import { rearmingTarget } from '../../../../lib/core/notify/effects';
import { freezeTarget, thawTarget } from '../../../../lib/core/notify/snapshot';
import { MINUTE, notice, START, TargetDriver, TELLING } from '../../../support/target-driver';

const HOUR = 60 * MINUTE;

describe('a notice', () => {
  it('is delivered at once', () => {
    const target = new TargetDriver();
    expect(target.notify('a')).toEqual(['notice.accepted', 'delivery.started']);
    expect(target.effects()).toMatchObject([
      { kind: 'deliver', target: 'oncall', deliveryId: 'a', attempt: 1 },
      { kind: 'timer', dueAt: START + PATIENCE_MS },
    ]);
    expect(target.succeed()).toEqual(['delivery.succeeded']);
    expect(target.state.outcomes).toMatchObject([
      { deliveryId: 'a', outcome: 'succeeded', title: 'title of a', to: 'hooks.example' },
    ]);
  });

  it('of an event that comes again is told once, however late', () => {
    const target = new TargetDriver();
    target.notify('a');
    target.succeed();
    target.now += 10 * HOUR;
    expect(target.notify('a')).toEqual([]);
  });

  it('that says the same as one before is suppressed for as long as its rule says', () => {
    const target = new TargetDriver();
    target.notify('a', { signature: 's' });
    target.succeed();
    target.now += 5 * MINUTE - 1;
    expect(target.notify('b', { signature: 's' })).toEqual(['notice.suppressed']);
    target.now += 1;
    expect(target.notify('c', { signature: 's' })).toEqual(['notice.accepted', 'delivery.started']);
  });

  it('waits behind what is under way, and goes when that is over', () => {
    const target = new TargetDriver();
    target.notify('a');
    expect(target.notify('b')).toEqual(['notice.accepted']);
    expect(target.succeed()).toEqual(['delivery.succeeded', 'delivery.started']);
    expect(target.underWay().deliveryId).toBe('b');
  });
});

describe('a delivery that fails', () => {
  it('is tried again later, under the same id', () => {
    const target = new TargetDriver();
    target.notify('a');
    expect(target.fail()).toEqual(['delivery.failed']);
    const [first] = target.state.queue;
    expect(first?.dueAt).toBeGreaterThanOrEqual(START + 1_000);
    expect(first?.dueAt).toBeLessThanOrEqual(START + 2_000);
    expect(target.wait(2_000)).toEqual(['delivery.started']);
    expect(target.underWay()).toMatchObject({ deliveryId: 'a', attempt: 2 });
  });

  it('waits at least as long as the receiver asks for', () => {
    const target = new TargetDriver();
    target.notify('a');
    target.fail(true, 90_000);
    expect(target.wait(89_999)).toEqual([]);
    expect(target.wait(1)).toEqual(['delivery.started']);
  });

  it('and that another try cannot help is parked at once', () => {
    const target = new TargetDriver();
    target.notify('a');
    expect(target.fail(false)).toEqual(['delivery.parked']);
    expect(target.state.parked).toMatchObject([{ id: 'a', why: 'it answered 503', parkedAt: START }]);
    expect(target.state.queue).toEqual([]);
  });

  it('is kept, however many are parked: the oldest become one digest that counts what it has no room for', () => {
    const target = new TargetDriver();
    const past = 80;
    for (let i = 0; i < LIMITS.parkedDeliveries + past; i++) {
      target.notify(`n${i}`, { signature: `n${i}`, detail: { i } });
      target.fail(false);
    }
    const [digest, ...others] = target.state.parked;
    expect(others.map(({ id }) => id)[0]).toBe(`n${past + 1}`);
    expect(others).toHaveLength(LIMITS.parkedDeliveries - 1);
    expect(digest).toMatchObject({ id: 'digest/n0', more: past + 1 - LIMITS.digestNotices });
    expect(digest?.notices).toHaveLength(LIMITS.digestNotices);
    expect(digest?.notices.every(({ detail }) => detail === undefined)).toBe(true);
    expect(target.send({ type: 'redrive', by: 'root', deliveries: ['digest/n0'] })).toContain(
      'delivery.redriven',
    );
    expect(target.underWay()).toMatchObject({ deliveryId: 'digest/n0', attempt: 1 });
    expect(thawTarget(freezeTarget(target.state))).toEqual(target.state);
  });

  it('is parked after as many tries as there are', () => {
    const target = new TargetDriver();
    target.notify('a');
    for (let tries = 1; tries < MOST_TRIES; tries += 1) {
      expect(target.fail()).toEqual(['delivery.failed']);
      target.now = Math.max(target.state.queue[0]!.dueAt, target.state.breaker.openUntil ?? 0);
      expect(target.send({ type: 'due' })).toEqual(['delivery.started']);
    }
    expect(target.fail()).toEqual(['delivery.parked']);
    expect(target.state.parked).toMatchObject([{ id: 'a', attempts: MOST_TRIES }]);
  });

  it('lets others past, but none of the same job: what is told of a job is told in order', () => {
    const target = new TargetDriver();
    target.notify('started', { jobId: 'j' });
    target.notify('ended', { jobId: 'j' });
    target.notify('other', { jobId: 'k' });
    target.fail(true, MINUTE);
    expect(target.underWay().deliveryId).toBe('other');
    target.succeed();
    expect(target.wait(MINUTE)).toEqual(['delivery.started']);
    expect(target.underWay().deliveryId).toBe('started');
    target.succeed();
    expect(target.underWay().deliveryId).toBe('ended');
  });

  it('opens the breaker when it goes on, and then one try finds out', () => {
    const target = new TargetDriver();
    for (let i = 0; i < 8; i += 1) target.notify(`n${i}`);
    for (let i = 0; i < 5; i += 1) target.fail(true, HOUR);
    expect(target.state.underWay).toBeUndefined();
    expect(target.wait(29_999)).toEqual([]);
    expect(target.wait(1)).toEqual(['delivery.started']);
    expect(target.succeed()).toEqual(['delivery.succeeded', 'delivery.started']);
  });

  it('whose process says nothing counts as failed after a while', () => {
    const target = new TargetDriver();
    target.notify('a');
    expect(target.wait(PATIENCE_MS)).toContain('delivery.failed');
    expect(target.state.outcomes[0]?.why).toContain('nobody said within 5 minutes');
  });

  it('and did arrive after all is not sent again', () => {
    const target = new TargetDriver();
    target.notify('a');
    const { attempt } = target.underWay();
    target.now += PATIENCE_MS;
    target.send({ type: 'due' });
    const told = { type: 'delivered', deliveryId: 'a', attempt, to: 'x' } as const;
    expect(target.send(told)).toEqual(['delivery.succeeded']);
    expect(target.send(told)).toEqual([]);
    expect(target.wait(HOUR)).toEqual([]);
  });

  it('is sent again when a person asks for that', () => {
    const target = new TargetDriver();
    for (const id of ['a', 'b']) {
      target.notify(id);
      target.fail(false);
    }
    expect(target.send({ type: 'redrive', deliveries: ['b', 'z'], by: 'ana' })).toEqual([
      'delivery.redriven',
      'delivery.started',
    ]);
    target.succeed();
    expect(target.state.parked.map(({ id }) => id)).toEqual(['a']);
    expect(target.send({ type: 'redrive', by: 'ana' })).toEqual(['delivery.redriven', 'delivery.started']);
    expect(target.send({ type: 'redrive', by: 'ana' })).toEqual([]);
  });
});

describe('a storm', () => {
  const digest = { above: 3, withinMs: MINUTE };

  it('becomes one message, a window after the first that was too many', () => {
    const target = new TargetDriver();
    for (let i = 0; i < 3; i += 1) {
      target.notify(`n${i}`, {}, { digest });
      target.succeed();
    }
    target.now += 10_000;
    expect(target.notify('n3', {}, { digest })).toEqual(['notice.held']);
    target.now += 10_000;
    expect(target.notify('n4', {}, { digest })).toEqual(['notice.held']);
    expect(target.wait(50_000)).toEqual(['notice.released', 'delivery.started']);
    expect(target.state.queue).toMatchObject([{ id: 'digest/n3', notices: [{ id: 'n3' }, { id: 'n4' }] }]);
  });

  it('is over when fewer come', () => {
    const target = new TargetDriver();
    for (let i = 0; i < 3; i += 1) {
      target.notify(`n${i}`, {}, { digest });
      target.succeed();
    }
    target.now += MINUTE;
    expect(target.notify('later', {}, { digest })).toEqual(['notice.accepted', 'delivery.started']);
  });

  it('is counted past what can be held, and the digest says how many', () => {
    const target = new TargetDriver();
    const one = { above: 1, withinMs: MINUTE };
    for (let i = 0; i < LIMITS.heldNotices + 4; i += 1)
      target.notify(`n${i}`, {}, { dedupeMs: 0, digest: one });
    expect(target.state.held).toHaveLength(LIMITS.heldNotices);
    target.succeed();
    target.wait(MINUTE);
    const told = target.state.queue.reduce((sum, { notices, more }) => sum + notices.length + more, 0);
    expect(told).toBe(LIMITS.heldNotices + 3);
    expect(target.state.flooded).toBe(0);
  });
});

describe('quiet hours', () => {
  const quiet = { timezone: 'UTC', from: 11 * 60, to: 13 * 60, breaksThrough: 'critical' } as const;

  it('hold a notice back until they end', () => {
    const target = new TargetDriver();
    expect(target.notify('a', {}, { quiet })).toEqual(['notice.held']);
    expect(target.notify('b', {}, { quiet })).toEqual(['notice.held']);
    expect(target.wait(HOUR - 1)).toEqual([]);
    expect(target.wait(1)).toEqual(['notice.released', 'delivery.started']);
    expect(target.state.queue[0]?.notices).toHaveLength(2);
  });

  it('do not hold back what breaks through', () => {
    const target = new TargetDriver();
    expect(target.notify('a', { severity: 'critical' }, { quiet })).toEqual([
      'notice.accepted',
      'delivery.started',
    ]);
  });
});

describe('an alert', () => {
  const escalation = [
    { target: 'lead', afterMs: 15 * MINUTE },
    { target: 'manager', afterMs: HOUR },
  ];

  function raised(): TargetDriver {
    const target = new TargetDriver();
    target.notify('a', { severity: 'critical' }, { escalation });
    target.succeed();
    return target;
  }

  it('goes to the next one while nobody acknowledges it', () => {
    const target = raised();
    expect(target.wait(15 * MINUTE)).toEqual(['alert.escalated']);
    expect(target.effects()).toMatchObject([
      {
        ...{ kind: 'send', to: { kind: 'target', id: 'lead' } },
        message: { type: 'notify', notice: { id: 'a/escalation/oncall/0' } },
      },
    ]);
    expect(target.wait(45 * MINUTE)).toEqual(['alert.escalated']);
    expect(target.effects()).toMatchObject([{ to: { id: 'manager' } }]);
    expect(target.wait(24 * HOUR)).toEqual([]);
  });

  it('goes on where the first one cannot be told', () => {
    const target = new TargetDriver();
    target.notify('a', { severity: 'critical' }, { escalation });
    expect(target.fail(false)).toEqual(['delivery.parked']);
    expect(target.wait(15 * MINUTE)).toEqual(['alert.escalated']);
    expect(target.effects()).toMatchObject([{ kind: 'send', to: { kind: 'target', id: 'lead' } }]);
  });

  it('of which nobody else would be told goes first, where too many are open', () => {
    const target = new TargetDriver();
    const open = (id: string, more: typeof escalation) => {
      target.notify(id, { severity: 'critical', signature: id }, { escalation: more });
      target.succeed();
    };
    open('waits', escalation);
    open('said', [{ target: 'lead', afterMs: 0 }]);
    for (let i = 2; i < LIMITS.openAlerts; i++) open(`n${i}`, escalation);
    open('one more', escalation);
    const ids = target.state.alerts.map(({ notice: { id } }) => id);
    expect(ids).toHaveLength(LIMITS.openAlerts);
    expect([ids.includes('waits'), ids.includes('said')]).toEqual([true, false]);
  });

  it('that somebody has taken up goes to nobody else', () => {
    const target = raised();
    const ack = { type: 'acknowledge', alert: 'a', by: 'ana' } as const;
    expect(target.send(ack)).toEqual(['alert.acknowledged']);
    expect(target.send(ack)).toEqual([]);
    expect(target.wait(24 * HOUR)).toEqual([]);
  });

  it('that waits for the end of quiet hours escalates from then on', () => {
    const target = new TargetDriver();
    const quiet = { timezone: 'UTC', from: 11 * 60, to: 13 * 60, breaksThrough: 'critical' } as const;
    target.notify('a', {}, { escalation, quiet });
    expect(target.wait(HOUR)).toEqual(['notice.released', 'delivery.started']);
    target.succeed();
    expect(target.wait(15 * MINUTE - 1)).toEqual([]);
    expect(target.wait(1)).toEqual(['alert.escalated']);
  });

  it('is told to the next one at once, and once', () => {
    const target = raised();
    target.wait(15 * MINUTE);
    const [sent] = target.effects();
    expect(sent).toMatchObject({ message: { telling: { rule: 'all', dedupeMs: 0 } } });
    const lead = new TargetDriver();
    const { message } = sent as unknown as { message: Parameters<TargetDriver['send']>[0] };
    expect(lead.send(message)).toEqual(['notice.accepted', 'delivery.started']);
    expect(lead.send(message)).toEqual([]);
  });
});

describe('a target', () => {
  it('is the same from its snapshot', () => {
    const target = new TargetDriver();
    const digest = { above: 1, withinMs: MINUTE };
    target.notify('a', {}, { digest, escalation: [{ target: 'lead', afterMs: HOUR }] });
    target.notify('b', {}, { digest });
    target.fail();
    expect(thawTarget(JSON.parse(JSON.stringify(freezeTarget(target.state))))).toEqual(target.state);
  });

  it('has its timers again in the next process', () => {
    const target = new TargetDriver();
    target.notify('a', {}, { escalation: [{ target: 'lead', afterMs: HOUR }] });
    target.fail(true, 2 * HOUR);
    const effects = rearmingTarget('oncall', target.state, 4);
    const times = effects.flatMap((effect) => (effect.kind === 'timer' ? [effect.dueAt] : []));
    expect(times.sort()).toEqual([START + HOUR, START + 2 * HOUR]);
  });

  it('takes what is late for nothing', () => {
    const target = new TargetDriver();
    target.notify('a');
    target.succeed();
    const late = { deliveryId: 'a', attempt: 1, to: 'x', why: 'y', retryable: true };
    expect(target.send({ type: 'failed', ...late })).toEqual([]);
    expect(target.send({ type: 'delivered', deliveryId: 'never', attempt: 1, to: 'x' })).toEqual([]);
    expect(target.send({ type: 'due' })).toEqual([]);
    expect(target.send({ type: 'notify', notice: notice('a'), telling: TELLING })).toEqual([]);
  });
});
