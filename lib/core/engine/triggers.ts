import { createHash } from 'node:crypto';
import type { Effect } from '../ports/effects';
import type { Recorded } from '../journal/envelope';
import { triggerDecider } from '../trigger/decider';
import { triggerEffects } from '../trigger/effects';
import type { TriggerEvent } from '../trigger/events';
import type { TriggerInput, TriggerMessage } from '../messages/trigger';
import type { TriggerState } from '../trigger/state';
import type { MessageEnvelope } from './jobs';
import {
  createStreamEngine,
  type EngineDeps,
  type Live,
  type StreamSpec,
  type TriggerStatusIndex,
} from './stream-engine';
import { triggerStream } from '../messages/address';

export interface TriggerEngine {
  readonly handle: (
    triggerId: string,
    messages: readonly MessageEnvelope<TriggerMessage>[],
  ) => Promise<readonly Recorded<TriggerEvent>[]>;
  /** Of a trigger that nobody made, the status is `none`. */
  readonly view: (triggerId: string) => Promise<Live<TriggerState>>;
  readonly effectsOf: (triggerId: string, events: readonly Recorded<TriggerEvent>[]) => Promise<Effect[]>;
}

/** Names are the owner's own: the same name of two owners means two triggers. */
export function triggerIdOf(owner: string, name: string): string {
  return createHash('sha256')
    .update(JSON.stringify([owner, name]))
    .digest('hex')
    .slice(0, 40);
}

export function createTriggerEngine(deps: EngineDeps): TriggerEngine {
  const engine = createStreamEngine<TriggerState, TriggerInput, TriggerEvent>(deps);
  return {
    handle: (triggerId, messages) =>
      engine.handle(
        triggerSpec(triggerId),
        messages.map(({ id, actor, message, traceId }) => ({
          id,
          actor,
          input: { ...message, at: deps.clock() },
          traceId: traceId ?? id,
        })),
      ),
    view: (triggerId) => engine.load(triggerSpec(triggerId)),
    effectsOf: async (triggerId, events) => {
      const { state } = await engine.load(triggerSpec(triggerId));
      return events.flatMap((event) => triggerEffects(triggerId, state, event));
    },
  };
}

function triggerSpec(triggerId: string): StreamSpec<TriggerState, TriggerInput, TriggerEvent> {
  return {
    stream: triggerStream(triggerId),
    decider: triggerDecider(triggerId),
    followUp: async () => undefined,
    effects: (state, recorded) => triggerEffects(triggerId, state, recorded),
    freeze: (state) => state,
    thaw: (frozen) => structuredClone(frozen) as TriggerState,
    index: triggerStatus,
  };
}

/** What a list shows of a trigger; nothing of one that nobody made. */
export function triggerStatus({ status, owner, definition }: TriggerState): TriggerStatusIndex | undefined {
  if (status === 'none' || owner === undefined || definition === undefined) return undefined;
  return { kind: 'trigger', owner, name: definition.name, status, source: definition.source };
}
