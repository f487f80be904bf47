import type { Recorded } from '../../lib/core/journal/envelope';
import type { Effect } from '../../lib/core/messages/effect';
import type { Notice, TargetMessage, Telling } from '../../lib/core/messages/target';
import { isDue } from '../../lib/core/notify/decide';
import { targetDecider } from '../../lib/core/notify/decider';
import { targetEffects } from '../../lib/core/notify/effects';
import type { TargetEvent } from '../../lib/core/notify/events';

export const TARGET = 'oncall';

/** What happens at 12:00 UTC on a Monday. */
export const START = Date.UTC(2026, 5, 1, 12);
export const MINUTE = 60_000;

export const TELLING: Telling = { rule: 'all', dedupeMs: 5 * MINUTE };

/** @param id of the event; another one says the same where `more` says the same signature. */
export function notice(id: string, more: Partial<Notice> = {}): Notice {
  return {
    ...{ id, type: 'orchestration.execution.failed', topic: 'failure', severity: 'warning', at: START },
    ...{ title: `title of ${id}`, text: `text of ${id}`, facts: [], signature: `failed/${id}` },
    ...more,
  };
}

/** A target of notifications as the engine runs it: what is due by itself follows every message. */
export class TargetDriver {
  now = START;
  state = targetDecider.initial();
  readonly events: { readonly event: TargetEvent; readonly at: number }[] = [];

  /** @returns types of the events that follow. */
  send(message: TargetMessage): string[] {
    const types: string[] = [];
    for (let input: TargetMessage | { type: 'advance' } | undefined = message; input; ) {
      const events = targetDecider.decide(this.state, { ...input, at: this.now });
      for (const event of events) {
        this.state = targetDecider.evolve(this.state, event, this.now);
        this.events.push({ event, at: this.now });
        types.push(event.type);
      }
      const goesOn: boolean = events.length > 0 || input === message;
      input = goesOn && isDue(this.state, this.now) ? { type: 'advance' } : undefined;
    }
    return types;
  }

  /** An event happens once more, at the time that the clock shows. */
  replay(event: TargetEvent): void {
    this.state = targetDecider.evolve(this.state, event, this.now);
    this.events.push({ event, at: this.now });
  }

  notify(id: string, more: Partial<Notice> = {}, telling: Partial<Telling> = {}): string[] {
    return this.send({ type: 'notify', notice: notice(id, more), telling: { ...TELLING, ...telling } });
  }

  /** The clock goes on, and what was due in between happens at its time. */
  wait(ms: number): string[] {
    const end = this.now + ms;
    const types: string[] = [];
    for (;;) {
      const due = this.timers().filter((at) => at > this.now && at <= end);
      if (due.length === 0) break;
      this.now = Math.min(...due);
      types.push(...this.send({ type: 'due' }));
    }
    this.now = end;
    return types;
  }

  /** When something is due, as the effects of all events have it. */
  timers(): number[] {
    return this.events.flatMap((_, i) =>
      this.effects(i).flatMap((effect) => (effect.kind === 'timer' ? [effect.dueAt] : [])),
    );
  }

  /** The try under way comes out well. */
  succeed(): string[] {
    const { deliveryId, attempt } = this.underWay();
    return this.send({ type: 'delivered', deliveryId, attempt, to: 'hooks.example' });
  }

  fail(retryable = true, retryAfterMs?: number): string[] {
    const { deliveryId, attempt } = this.underWay();
    const asked = retryAfterMs === undefined ? {} : { retryAfterMs };
    return this.send({
      ...{ type: 'failed', deliveryId, attempt, to: 'hooks.example', why: 'it answered 503', retryable },
      ...asked,
    });
  }

  underWay() {
    const { underWay } = this.state;
    if (!underWay) throw new Error('nothing is under way');
    return underWay;
  }

  /** The effects of its latest event, or of an earlier one, as the state has them now. */
  effects(i = this.events.length - 1): Effect[] {
    const { event, at } = this.events[i]!;
    const recorded = { ...event, stream: `target/${TARGET}`, seq: i + 1, at } as Recorded<TargetEvent>;
    return targetEffects(this.state, recorded);
  }

  /** What was delivered or tried, in order, each with the titles that it told. */
  tried(): string[] {
    return this.events.flatMap(({ event }) =>
      event.type === 'delivery.started' ? [`${event.data.deliveryId} ${event.data.attempt}`] : [],
    );
  }
}
