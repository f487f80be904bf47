import { triggerAt } from '../../../core/messages/address';
import { busEventOf, type NamedEvent } from '../../../core/messages/public-event';
import type { Clock, SetTimer } from '../../../core/model/time';
import type { StreamAsker } from '../../../core/ports/streams';
import type { Outside } from '../runtime/outside';
import { createTriggerSources } from './sources';

/** The triggers of a process as its runtime sees them. */
export interface LocalTriggers extends Omit<Outside, 'deliver'> {
  /** Gives an event to the triggers that ask for it; resolves with their ids when they have journalled it. */
  readonly offer: (event: NamedEvent) => Promise<readonly string[]>;
  /** As `offer`, to one trigger and whatever its pattern. */
  readonly give: (triggerId: string, event: NamedEvent) => Promise<void>;
}

export interface LocalTriggersDeps extends StreamAsker, Pick<Outside, 'submit' | 'isRunning'> {
  readonly clock: Clock;
  readonly setTimer?: SetTimer | undefined;
}

/** The triggers of this process: their clocks, and a bus that is no more than their patterns. */
export function createLocalTriggers({
  ask,
  submit,
  isRunning,
  clock,
  setTimer,
}: LocalTriggersDeps): LocalTriggers {
  const sources = createTriggerSources({
    clock,
    setTimer,
    due(triggerId, at) {
      const origin = {
        id: `due/${new Date(at).toISOString()}`,
        actor: { kind: 'timer', id: 'embedded' } as const,
      };
      ask({ to: triggerAt(triggerId), message: { type: 'due' } }, origin).catch(ignoreEnd);
    },
  });

  async function give(triggerId: string, event: NamedEvent): Promise<void> {
    const origin = { id: `event/${event.id}`, actor: { kind: 'engine', id: 'event-bus' } as const };
    await ask({ to: triggerAt(triggerId), message: { type: 'event', event } }, origin);
  }

  async function offer(event: NamedEvent): Promise<readonly string[]> {
    const triggerIds = sources.matching(event);
    await Promise.all(triggerIds.map((triggerId) => give(triggerId, event)));
    return triggerIds;
  }

  return {
    ...{ offer, give, submit, isRunning },
    arm: sources.arm,
    async publish(event) {
      const offered = offer(busEventOf(event));
      // Two triggers that listen to each other would wait for ever.
      if (event.id.startsWith('trigger/')) offered.catch(ignoreEnd);
      // A job's end is not dealt with before all have heard of it.
      else await offered;
    },
    close: sources.close,
  };
}

/** The runtime has failed or is closed, which is told elsewhere; what was lost follows from the journals. */
function ignoreEnd(): void {}
