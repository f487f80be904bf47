import { EMPTY_HEAD, record } from '../../lib/core/journal/envelope';
import type { Effect } from '../../lib/core/messages/effect';
import type { TriggerMessage } from '../../lib/core/messages/trigger';
import type {
  MissedPolicy,
  OverlapPolicy,
  TriggerDefinition,
  TriggerSource,
} from '../../lib/core/messages/trigger-definition';
import { firedJobId } from '../../lib/core/trigger/decide';
import { triggerDecider } from '../../lib/core/trigger/decider';
import { triggerEffects } from '../../lib/core/trigger/effects';
import type { TriggerEvent } from '../../lib/core/trigger/events';
import type { TriggerState } from '../../lib/core/trigger/state';
import { described } from './described';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
/** A Monday at noon, UTC. */
export const NOON = Date.UTC(2026, 5, 1, 12);

/** Every hour, unless the case says otherwise. */
export function schedule(
  rest: { cron?: string; timezone?: string; missed?: MissedPolicy } = {},
): TriggerSource {
  return { kind: 'schedule', cron: '0 * * * *', timezone: 'UTC', missed: 'latest', ...rest };
}

export const onPush: TriggerSource = { kind: 'event', pattern: { source: ['git'] } };

interface Given {
  readonly source?: TriggerSource;
  readonly overlap?: OverlapPolicy;
  readonly job?: Partial<TriggerDefinition['job']>;
}

export function definition({
  source = schedule(),
  overlap = 'skip',
  job = {},
}: Given = {}): TriggerDefinition {
  return {
    name: 'nightly',
    source,
    overlap,
    job: { graphHash: 'hash', priority: 'normal', pool: 'default', ...job },
  };
}

/** Runs the decider of the trigger `t` in memory. */
export class TriggerDriver {
  readonly decider = triggerDecider('t');
  readonly events: { event: TriggerEvent; at: number }[] = [];
  state: TriggerState = this.decider.initial();
  now = NOON;

  /** An active trigger, made at noon. */
  static of(given: Given = {}): TriggerDriver {
    const trigger = new TriggerDriver();
    trigger.set(given);
    return trigger;
  }

  send(message: TriggerMessage): TriggerEvent[] {
    const events = this.decider.decide(this.state, { ...message, at: this.now });
    for (const event of events) {
      this.state = this.decider.evolve(this.state, event, this.now);
      this.events.push({ event, at: this.now });
    }
    return events;
  }

  set(given: Given = {}): TriggerEvent[] {
    return this.send({ type: 'set', owner: 'ana', definition: definition(given) });
  }

  /** The clock strikes after so many milliseconds. */
  dueAfter(ms: number): TriggerEvent[] {
    this.now += ms;
    return this.send({ type: 'due' });
  }

  push(id: string, detail: Record<string, unknown> = {}): TriggerEvent[] {
    return this.send({ type: 'event', event: { id, source: 'git', detail } });
  }

  fire(requestId: string): TriggerEvent[] {
    return this.send({ type: 'fire', requestId });
  }

  end(firingId: string, status: 'succeeded' | 'failed' | 'cancelled' = 'succeeded'): TriggerEvent[] {
    return this.send({ type: 'jobEnded', jobId: jobOf(firingId), status });
  }

  /** Effects of events, which are the first of the stream, seen from the state as it is now. */
  effectsOf(events: readonly TriggerEvent[]): Effect[] {
    const actor = { kind: 'engine', id: 'test' } as const;
    const cause = { at: this.now, actor, causeId: 'c', correlationId: 'trigger/t', traceId: 'x' };
    return record('trigger/t', EMPTY_HEAD, events, cause).flatMap((recorded) =>
      described(triggerEffects('t', this.state, recorded)),
    );
  }
}

export const jobOf = (firingId: string): string => firedJobId('t', firingId);

/** What happened in words: `fired event/1`, `skipped manual/2: overlap`. */
export function told(events: readonly TriggerEvent[]): string[] {
  return events.map(({ type, data }) => {
    const what = type.replace('trigger.', '');
    const firing = 'firing' in data ? ` ${data.firing.id}` : '';
    const why = 'why' in data ? `: ${data.why}` : '';
    return `${what}${firing}${why}`;
  });
}
