import type { Engine } from '../../../core/engine/engine';
import type { Kinds } from '../../../core/engine/kinds';
import { isRepriseError, RepriseError } from '../../../core/errors';
import type { Recorded } from '../../../core/journal/envelope';
import { LIMITS } from '../../../core/limits';
import {
  type Address,
  addressOf,
  type Delivery,
  jobAt,
  letterAt,
  streamOf,
} from '../../../core/messages/address';
import type { Effect } from '../../../core/messages/effect';
import type { Origin } from '../../../core/messages/envelope';
import { letterIdOf } from '../../../core/messages/letter';
import { collected } from '../../../core/model/collected';
import type { JournalStore } from '../../../core/ports/stores';
import type { JobFold, StreamSender } from '../../../core/ports/streams';

/** Tells a job what its letters ask of it. */
export type ToJob = (delivery: Delivery<'job'>, origin: Origin) => Promise<void>;

/** Another process may write letters too: what were held of them would fall behind. */
export function withFreshLetters(engine: Engine<Kinds>): Engine<Kinds> {
  const forgotten = <T>(at: Address, result: Promise<T>): Promise<T> =>
    at.kind === 'letter' ? result.finally(() => engine.forget(at)) : result;
  return {
    ...engine,
    handle: (to, envelopes) => forgotten(to, engine.handle(to, envelopes)),
    view: (at) => forgotten(at, engine.view(at)),
  };
}

/** Whether a message comes from a group of letters. */
export const isOfLetters = ({ actor }: Pick<Origin, 'actor'>): boolean => actor.id.startsWith('letter/');

/** Tells jobs of this journal. @throws RepriseError JOB_NOT_FOUND */
export function toKnownJob(deps: {
  readonly journal: Pick<JournalStore, 'head'>;
  readonly queues: StreamSender;
}): ToJob {
  return async (delivery, origin) => {
    const { id: jobId } = delivery.to;
    if ((await deps.journal.head(streamOf(delivery.to))).seq === 0) {
      throw new RepriseError('JOB_NOT_FOUND', `no job ${jobId} in this journal`, { context: { jobId } });
    }
    await deps.queues.send(delivery, origin);
  };
}

/**
 * Letters outlive jobs, and any process may hold them: where a job cannot be told what they ask of it, they hear why. That
 * is nothing to stop a process for.
 */
export function answeredWhereRefused(toJob: ToJob, letters: StreamSender): ToJob {
  return async (delivery, origin) => {
    try {
      await toJob(delivery, origin);
    } catch (error) {
      if (!isRepriseError(error)) throw error;
      const { message, to } = delivery;
      if (message.type !== 'retry' && message.type !== 'rollback') return;
      const kind = message.type === 'retry' ? 'node' : 'rollback';
      const group = letterAt(addressOf(origin.actor.id).id);
      const why = error.message.slice(0, LIMITS.reasonLength);
      for (const nodeId of message.nodes ?? []) {
        const letterId = letterIdOf(kind, to.id, nodeId);
        const refused = { type: 'closed' as const, letterId, outcome: 'refused' as const, why };
        const id = `${origin.id}/refused/${letterId}`;
        await letters.send({ to: group, message: refused }, { id, actor: origin.actor });
      }
    }
  };
}

/**
 * What a job has to say to its letters, once more: its last process may have died before it did. They know what they have
 * heard.
 */
export async function toldToLetters(
  deps: {
    readonly journal: Pick<JournalStore, 'read'>;
    readonly effectsOf: (stream: string, events: readonly Recorded[]) => Promise<Effect[]>;
  },
  jobId: string,
  { state }: Pick<JobFold, 'state'>,
): Promise<Effect[]> {
  if (!state.nodes.some(({ letters }) => letters !== undefined)) return [];
  const stream = streamOf(jobAt(jobId));
  const effects = await deps.effectsOf(stream, await collected(deps.journal.read(stream)));
  return effects.filter((effect) => effect.kind === 'send' && effect.to.kind === 'letter');
}
