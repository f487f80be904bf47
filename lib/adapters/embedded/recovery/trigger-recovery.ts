import type { Effect } from '../../../core/ports/effects';
import { triggerStream } from '../../../core/messages/address';
import type { Recorded } from '../../../core/journal/envelope';
import type { JournalStore } from '../../../core/ports/stores';
import type { TriggerEvent } from '../../../core/trigger/events';
import { matches } from '../../../core/trigger/pattern';
import { armedSource, type TriggerState } from '../../../core/trigger/state';
import { busEventOf, type LocalTriggers } from '../triggers/triggers';

/** A trigger as its journal left it. */
export interface KnownTrigger {
  readonly id: string;
  readonly state: TriggerState;
  readonly events: readonly Recorded<TriggerEvent>[];
}

export async function readTrigger(
  id: string,
  triggers: Pick<LocalTriggers, 'engine'>,
  journal: Pick<JournalStore, 'read'>,
): Promise<KnownTrigger> {
  const events: Recorded<TriggerEvent>[] = [];
  for await (const event of journal.read(triggerStream(id))) events.push(event as Recorded<TriggerEvent>);
  return { id, state: (await triggers.engine.view(id)).state, events };
}

/**
 * Sets the clock and the pattern of a trigger, and performs what its last process may have left undone: the
 * submission of jobs that it counts as running, and the cancellation of those that made room for them.
 */
export async function rearm({ id, state, events }: KnownTrigger, triggers: LocalTriggers): Promise<void> {
  const source = armedSource(state);
  const arm: Effect = {
    id: `trigger/${id}/armed`,
    kind: 'armTrigger',
    triggerId: id,
    ...(source && { source }),
  };
  const fired = events.filter(({ type, data }) => {
    const { jobId, cancels = [] } = data as { readonly jobId: string; readonly cancels?: readonly string[] };
    return type === 'trigger.fired' && [jobId, ...cancels].some((job) => state.running.includes(job));
  });
  const undone = (await triggers.engine.effectsOf(id, fired)).filter(({ kind }) => kind !== 'publish');
  await triggers.perform([...undone, arm]);
}

/**
 * Gives events of the engine to the triggers that asked for them and may not have heard. The journal of a trigger
 * names every event that it was given, so that none is given twice; what was published before it was made, or
 * before it was unpaused, is not its own.
 */
export async function redeliver(
  known: readonly KnownTrigger[],
  published: readonly Effect[],
  { give }: Pick<LocalTriggers, 'give'>,
): Promise<void> {
  for (const { id, state, events } of known) {
    const source = armedSource(state);
    if (source?.kind !== 'event') continue;
    const heard = new Set(events.map(({ data }) => (data as { firing?: { id: string } }).firing?.id));
    for (const effect of published) {
      if (effect.kind !== 'publish' || effect.event.at < state.cursor) continue;
      const event = busEventOf(effect.event);
      if (!heard.has(`event/${event.id}`) && matches(source.pattern, event)) await give(id, event);
    }
  }
}
