import { busDetail, EVENT_SOURCE } from '../../../core/messages/public-event';
import { type Effect, type EffectPorts, performEffect } from '../../../core/ports/effects';
import type { EngineJournal } from '../../../core/engine/stream-engine';
import { createTriggerEngine, type TriggerEngine } from '../../../core/engine/triggers';
import type { Actor } from '../../../core/journal/envelope';
import type { Clock, PublicEvent, Submissions } from '../../../core/ports/stores';
import type { BusEvent } from '../../../core/trigger/pattern';
import type { LocalQueues } from '../runtime/queues';
import type { SetTimer } from '../runtime/timers';
import { createTriggerSources } from './sources';

/** An event with the id that makes a repeat of it known. */
export type NamedEvent = BusEvent & { readonly id: string };

export interface LocalTriggers {
  /** Decides what the queue of a trigger holds. For the runtime. */
  readonly handle: TriggerEngine['handle'];
  /** The triggers as routes see them: what they are asked goes through the queue. */
  readonly engine: Pick<TriggerEngine, 'handle' | 'view' | 'effectsOf'>;
  /** Gives an event to the triggers that ask for it; resolves with their ids when they have journalled it. */
  readonly offer: (event: NamedEvent) => Promise<readonly string[]>;
  /** As `offer`, to one trigger and whatever its pattern. */
  readonly give: (triggerId: string, event: NamedEvent) => Promise<void>;
  /** Performs effects of triggers once more. Every one may have happened already. */
  readonly perform: (effects: readonly Effect[]) => Promise<void>;
  readonly close: () => void;
}

export interface LocalTriggersDeps {
  readonly queues: LocalQueues;
  readonly journal: EngineJournal;
  readonly submissions: Submissions;
  /** Whether this process runs the job: no other can be cancelled. */
  readonly isRunning: (jobId: string) => Promise<boolean>;
  readonly clock: Clock;
  readonly setTimer?: SetTimer;
}

const TIMER: Actor = { kind: 'timer', id: 'embedded' };
const BUS: Actor = { kind: 'engine', id: 'event-bus' };

/** The triggers of this process: their decider, their clocks, and a bus that is no more than their patterns. */
export function createLocalTriggers(deps: LocalTriggersDeps): LocalTriggers {
  const { queues, journal, submissions, clock, setTimer } = deps;
  const sources = createTriggerSources({
    clock,
    ...(setTimer === undefined ? {} : { setTimer }),
    due(triggerId, at) {
      const envelope = {
        id: `due/${new Date(at).toISOString()}`,
        actor: TIMER,
        message: { type: 'due' as const },
      };
      queues.askTrigger(triggerId, envelope).catch(ignoreEnd);
    },
  });

  const perform = async (effects: readonly Effect[]) => {
    for (const effect of effects) await performEffect(ports, effect);
  };
  const engine = createTriggerEngine({ journal, clock, soleWriter: true, perform });

  async function give(triggerId: string, event: NamedEvent): Promise<void> {
    const message = { type: 'event' as const, event };
    await queues.askTrigger(triggerId, { id: `event/${event.id}`, actor: BUS, message });
  }

  async function offer(event: NamedEvent): Promise<readonly string[]> {
    const triggerIds = sources.matching(event);
    await Promise.all(triggerIds.map((triggerId) => give(triggerId, event)));
    return triggerIds;
  }

  const ports: EffectPorts = {
    ...NONE,
    sources,
    submissions,
    queues: {
      ...queues,
      // One that was refused is none, and one that could not be taken up is not ours.
      async toJob(jobId, message, id) {
        if (await deps.isRunning(jobId)) await queues.toJob(jobId, message, id);
      },
    },
    // Not waited for: two triggers that listen to each other would wait for ever.
    publisher: { publish: async (event) => void offer(busEventOf(event)).catch(ignoreEnd) },
  };

  return {
    handle: engine.handle,
    engine: {
      async handle(triggerId, messages) {
        const events = await Promise.all(messages.map((message) => queues.askTrigger(triggerId, message)));
        return events.flat() as Awaited<ReturnType<TriggerEngine['handle']>>;
      },
      view: engine.view,
      effectsOf: engine.effectsOf,
    },
    offer,
    give,
    perform,
    close: sources.close,
  };
}

/** An event of the engine as it would come from EventBridge. */
export function busEventOf(event: PublicEvent): NamedEvent {
  const { id, type, at } = event;
  const time = new Date(at).toISOString();
  return { id, source: EVENT_SOURCE, 'detail-type': type, time, detail: busDetail(event) };
}

/** The runtime has failed or is closed, which is told elsewhere; what was lost follows from the journals. */
function ignoreEnd(): void {}

const none = async () => undefined;
/** What no effect of a trigger needs. */
const NONE = {
  timers: { schedule: none },
  workflow: { start: none, answerNode: none, answerOutcome: none, stop: none },
  dispatcher: { dispatch: none, cancel: none },
};
