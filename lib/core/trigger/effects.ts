import type { Effect } from '../ports/effects';
import { assertNever } from '../errors';
import type { Recorded } from '../journal/envelope';
import type { TriggerEvent } from './events';
import { armedSource, type TriggerState } from './state';

/**
 * The effects one event of a trigger requires, seen from a state at or after it: its clock and its rule always follow
 * the latest definition, so that performing an old event once more changes nothing.
 */
export function triggerEffects(
  triggerId: string,
  state: TriggerState,
  recorded: Recorded<TriggerEvent>,
): Effect[] {
  const id = `${recorded.stream}/${recorded.seq}`;
  const event = { type: recorded.type, data: recorded.data } as TriggerEvent;
  switch (event.type) {
    case 'trigger.set':
    case 'trigger.paused':
    case 'trigger.unpaused':
    case 'trigger.deleted': {
      const source = armedSource(state);
      return [{ id, kind: 'armTrigger', triggerId, ...(source === undefined ? {} : { source }) }];
    }
    case 'trigger.fired': {
      const { jobId, firing, cancels = [] } = event.data;
      return [
        ...cancels.map((running): Effect => {
          const reason = `trigger ${state.definition?.name} started job ${jobId}`;
          return {
            id: `${id}/${running}`,
            kind: 'toJob',
            jobId: running,
            message: { type: 'cancel', reason },
          };
        }),
        ...submission(triggerId, state, event.data, { id, at: recorded.at }),
        published(triggerId, state, recorded, { jobId, firing: firing.id }, firing.depth),
      ];
    }
    case 'trigger.skipped':
      // Triggers would hear of it, and skip that too.
      if (event.data.why === 'own' || event.data.why === 'depth') return [];
      return [
        published(triggerId, state, recorded, { firing: event.data.firing.id, reason: event.data.why }),
      ];
    case 'trigger.missed':
    case 'trigger.jobRefused':
      return [published(triggerId, state, recorded, event.data)];
    case 'trigger.queued':
    case 'trigger.jobEnded':
      return [];
    default:
      return assertNever(event, 'trigger event');
  }
}

type Fired = Extract<TriggerEvent, { type: 'trigger.fired' }>['data'];

/** The job as it was when the trigger fired: once more, it is the same. */
function submission(
  triggerId: string,
  { owner, definition }: TriggerState,
  { jobId, firing, job }: Fired,
  { id, at }: { readonly id: string; readonly at: number },
): Effect[] {
  if (owner === undefined || definition === undefined) return [];
  const { graphHash, priority, pool, deadlineMs } = job;
  return [
    {
      id: `${id}/submit`,
      kind: 'submitJob',
      jobId,
      submission: {
        ...{ graphHash, owner, priority, pool },
        ...(deadlineMs === undefined ? {} : { deadlineAt: at + deadlineMs }),
        ...(firing.parameters === undefined ? {} : { parameters: firing.parameters }),
        trigger: {
          ...{ id: triggerId, name: definition.name },
          ...(firing.depth === undefined ? {} : { depth: firing.depth }),
        },
      },
    },
  ];
}

/** `trigger.fired` goes out as `orchestration.trigger.fired`, and so on. */
function published(
  triggerId: string,
  { owner, definition }: TriggerState,
  { stream, seq, type, at }: Recorded<TriggerEvent>,
  what: object,
  depth?: number,
): Effect {
  const id = `${stream}/${seq}`;
  const trigger = { id: triggerId, name: definition?.name, ...(depth === undefined ? {} : { depth }) };
  const detail = { trigger, owner, ...what };
  return { id: `${id}/publish`, kind: 'publish', event: { id, type: `orchestration.${type}`, at, detail } };
}
