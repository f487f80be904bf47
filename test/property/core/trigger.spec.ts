import fc from 'fast-check';
import type { TriggerMessage } from '../../../lib/core/messages/trigger';
import { lastTimes } from '../../../lib/core/trigger/cron';
import { CATCH_UP_MS, MAX_CATCH_UP } from '../../../lib/core/trigger/decide';
import type { TriggerState } from '../../../lib/core/trigger/state';
import { anyDefinition, anything, play, steady } from '../../support/trigger-cases';
import { TriggerDriver } from '../../support/trigger-driver';

const freeze = (value: unknown): unknown => {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(freeze);
  }
  return value;
};

describe('any trigger, whatever arrives in whatever order', () => {
  it('starts one job at most for a firing, and deals with each firing once', () => {
    fc.assert(
      fc.property(anything, (all) => {
        const started: string[] = [];
        const settled: string[] = [];
        for (const { event } of play(all).events) {
          if (event.type === 'trigger.fired') started.push(event.data.jobId);
          if (event.type === 'trigger.fired' || event.type === 'trigger.skipped')
            settled.push(event.data.firing.id);
        }
        expect(new Set(started).size).toBe(started.length);
        expect(new Set(settled).size).toBe(settled.length);
      }),
      { numRuns: 500 },
    );
  });

  it('without `allow` has one job at most that nobody asked to end', () => {
    const policy = anyDefinition.filter((given) => given.overlap !== 'allow');
    fc.assert(
      fc.property(steady(policy), ([given, all]) => {
        const running = new Set<string>();
        for (const { event } of play(all, { type: 'set', owner: 'ana', definition: given }).events) {
          if (event.type === 'trigger.fired') {
            for (const jobId of event.data.cancels ?? []) running.delete(jobId);
            running.add(event.data.jobId);
          }
          if (event.type === 'trigger.jobEnded' || event.type === 'trigger.jobRefused')
            running.delete(event.data.jobId);
          expect(running.size).toBeLessThanOrEqual(1);
        }
      }),
      { numRuns: 400 },
    );
  });

  it('lets the latest firing that waits run when nothing runs any more, unless it is dropped', () => {
    fc.assert(
      fc.property(anything, (all) => {
        let latest: string | undefined;
        const trigger = play(all, undefined, ({ state }) => {
          // Whatever waits, something runs that it waits for.
          if (state.waiting) expect(state.running.length).toBeGreaterThan(0);
        });
        for (const { event } of trigger.events) {
          if (event.type === 'trigger.queued') {
            expect(latest).toBeUndefined();
            latest = event.data.firing.id;
          } else if (event.type === 'trigger.skipped' && event.data.firing.id === latest) {
            expect(['superseded', 'paused', 'deleted']).toContain(event.data.why);
            latest = undefined;
          } else if (event.type === 'trigger.fired' && event.data.firing.id === latest) latest = undefined;
        }
        expect(latest).toBe(trigger.state.waiting?.id);
      }),
      { numRuns: 400 },
    );
  });

  it('lets no time that is due vanish, nor come twice', () => {
    const clocked = anyDefinition.filter(({ source: { kind } }) => kind === 'schedule');
    fc.assert(
      fc.property(steady(clocked), ([given, all]) => {
        if (given.source.kind !== 'schedule') throw new Error('filtered');
        const { source } = given;
        const trigger = new TriggerDriver();
        trigger.send({ type: 'set', owner: 'ana', definition: given });
        const told = new Map<number, string>();
        for (const step of all) {
          const from = trigger.state.cursor;
          trigger.now += step.after;
          const events = trigger.send({ type: 'due' });
          const due = lastTimes(source, { after: from, until: trigger.now }, MAX_CATCH_UP);
          const dealtWith: number[] = [];
          for (const { type, data } of events) {
            if (type === 'trigger.missed') {
              const range = { after: data.from - 1, until: data.to };
              const missed = lastTimes(source, range, MAX_CATCH_UP);
              expect(missed).toHaveLength(data.count);
              dealtWith.push(...missed);
            } else if ('firing' in data && data.firing.dueAt !== undefined && type !== 'trigger.queued') {
              if (data.firing.dueAt > from) dealtWith.push(data.firing.dueAt);
            }
          }
          const { waiting } = trigger.state;
          if (waiting?.dueAt !== undefined && waiting.dueAt > from) dealtWith.push(waiting.dueAt);
          expect(dealtWith.sort((a, b) => a - b)).toEqual(due);
          for (const { type, data } of events)
            if (type === 'trigger.fired' && data.firing.dueAt !== undefined)
              expect(trigger.now - data.firing.dueAt).toBeLessThanOrEqual(CATCH_UP_MS);
          for (const time of dealtWith) {
            expect(told.has(time)).toBe(false);
            told.set(time, 'due');
          }
          const [running] = trigger.state.running;
          if (running && step.pick % 2)
            trigger.send({ type: 'jobEnded', jobId: running, status: 'succeeded' });
        }
      }),
      { numRuns: 300 },
    );
  });

  it('is the fold of its events, also from a copy anywhere', () => {
    fc.assert(
      fc.property(anything, fc.nat(), (all, salt) => {
        const trigger = play(all);
        const cut = salt % (trigger.events.length + 1);
        let state = trigger.decider.initial();
        trigger.events.forEach(({ event, at }, i) => {
          if (i === cut) state = structuredClone(JSON.parse(JSON.stringify(state)) as TriggerState);
          state = trigger.decider.evolve(state, JSON.parse(JSON.stringify(event)), at);
        });
        expect(JSON.parse(JSON.stringify(state))).toEqual(JSON.parse(JSON.stringify(trigger.state)));
      }),
      { numRuns: 300 },
    );
  });

  it('decides without changing anything, and gives its events nothing that changes later', () => {
    fc.assert(
      fc.property(anything, (all) => {
        const trigger = new TriggerDriver();
        for (const { message, after: gap, pick } of all) {
          trigger.now += gap;
          const jobId = trigger.state.running[pick % 3] ?? 'none';
          const told: TriggerMessage =
            typeof message === 'string' ? { type: 'jobEnded', jobId, status: 'failed' } : message;
          const state = structuredClone(trigger.state);
          freeze(state);
          const events = trigger.decider.decide(state, { ...told, at: trigger.now });
          freeze(events);
          for (const event of events)
            trigger.state = trigger.decider.evolve(trigger.state, event, trigger.now);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('comes to the same when a crash keeps only part of a batch and the input comes again', () => {
    fc.assert(
      fc.property(anyDefinition, anything, fc.nat(), (given, all, salt) => {
        const [whole, torn] = [new TriggerDriver(), new TriggerDriver()];
        for (const one of [whole, torn]) one.send({ type: 'set', owner: 'ana', definition: given });
        for (const { message, after: gap, pick } of all) {
          for (const one of [whole, torn]) one.now += gap;
          const jobId = whole.state.running[pick % Math.max(1, whole.state.running.length)] ?? 'none';
          const told: TriggerMessage =
            typeof message === 'string' ? { type: 'jobEnded', jobId, status: 'failed' } : message;
          whole.send(told);
          const batch = torn.decider.decide(torn.state, { ...told, at: torn.now });
          for (const event of batch.slice(0, (salt + pick) % (batch.length + 1))) {
            torn.state = torn.decider.evolve(torn.state, event, torn.now);
          }
          torn.send(told);
          const { running, waiting, status } = torn.state;
          expect({ status, waiting: waiting?.id }).toEqual({ status, waiting: whole.state.waiting?.id });
          expect([...running].sort()).toEqual([...whole.state.running].sort());
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
