import { assertNever } from '../errors';
import type { Recorded } from '../journal/envelope';
import { jobAt } from '../messages/address';
import { type Effect, type EffectOf, effectsOf } from '../messages/effect';
import type { Lineage } from '../model/lineage';
import { present } from '../model/present';
import type { ReadOnly } from '../model/read-only';
import type { SkipReason, TriggerEvent } from './events';
import { armedSource } from './hearing';
import type { TriggerState } from './state';

/**
 * The effects one event of a trigger requires, seen from a state at or after it: its clock and its rule always follow
 * the latest definition, so that performing an old event once more changes nothing.
 */
export function triggerEffects(
  triggerId: string,
  state: ReadOnly<TriggerState>,
  event: Recorded<TriggerEvent>,
): Effect[] {
  const make = effectsOf(event);
  switch (event.type) {
    case 'trigger.set':
    case 'trigger.paused':
    case 'trigger.unpaused':
    case 'trigger.deleted':
      return [make({ kind: 'armTrigger', triggerId, ...present({ source: armedSource(state) }) })];
    case 'trigger.fired': {
      const { jobId, firing, cancels = [] } = event.data;
      const reason = `trigger ${state.definition?.name} started job ${jobId}`;
      return [
        ...cancels.map((id) =>
          make({ kind: 'send', to: jobAt(id), message: { type: 'cancel', reason } }, id),
        ),
        ...submission(triggerId, state, event).map((effect) => make(effect, 'submit')),
        published(triggerId, state, event, { jobId, firing: firing.id }, firing),
      ];
    }
    case 'trigger.skipped':
      return skipped(triggerId, state, event);
    case 'trigger.missed':
      return [published(triggerId, state, event, event.data)];
    case 'trigger.jobRefused': {
      const { jobId, reason, ...lineage } = event.data;
      return [published(triggerId, state, event, { jobId, reason }, lineage)];
    }
    case 'trigger.queued':
    case 'trigger.jobEnded':
      return [];
    default:
      return assertNever(event, 'trigger event');
  }
}

/** What a limit keeps from starting a job is not published: triggers would hear of it, and skip that too. */
const UNPUBLISHED: readonly SkipReason[] = ['own', 'depth', 'root', 'rate', 'ownerRate'];

function skipped(
  triggerId: string,
  state: ReadOnly<TriggerState>,
  event: Recorded<Extract<TriggerEvent, { type: 'trigger.skipped' }>>,
): Effect[] {
  const { firing, why } = event.data;
  if (UNPUBLISHED.includes(why)) return [];
  return [published(triggerId, state, event, { firing: firing.id, reason: why }, firing)];
}

type Fired = Extract<TriggerEvent, { type: 'trigger.fired' }>;

/** The job as it was when the trigger fired: once more, it is the same. */
function submission(
  triggerId: string,
  { owner, definition }: ReadOnly<TriggerState>,
  { data: { jobId, firing, job }, at }: Recorded<Fired>,
): EffectOf[] {
  if (owner === undefined || definition === undefined) return [];
  const { graphHash, priority, pool, deadlineMs } = job;
  const submission = {
    ...{ graphHash, owner, priority, pool },
    ...present({
      deadlineAt: deadlineMs === undefined ? undefined : at + deadlineMs,
      parameters: firing.parameters,
    }),
    trigger: { id: triggerId, name: definition.name, ...lineageOf(firing) },
  };
  return [{ kind: 'submitJob', jobId, submission }];
}

/** `trigger.fired` goes out as `orchestration.trigger.fired`, and so on. */
function published(
  triggerId: string,
  { owner, definition }: ReadOnly<TriggerState>,
  event: Recorded<TriggerEvent>,
  what: object,
  lineage: Partial<Lineage> = {},
): Effect {
  const { stream, seq, type, at } = event;
  const trigger = { id: triggerId, name: definition?.name, ...lineageOf(lineage) };
  const detail = { trigger, owner, ...what };
  const publish = { id: `${stream}/${seq}`, type: `orchestration.${type}`, at, owner, detail };
  return effectsOf(event)({ kind: 'publish', event: publish }, 'publish');
}

function lineageOf({ root, depth }: Partial<Lineage>): Partial<Lineage> {
  return present({ root, depth });
}
