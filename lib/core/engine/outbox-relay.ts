import { isRepriseError, RepriseError } from '../errors';
import type { Recorded } from '../journal/envelope';
import type { Effect } from '../messages/effect';
import type { EffectPorts } from '../ports/effects';
import type { Log } from '../ports/log';
import type { OutboxJournal } from '../ports/stores';
import { performAll } from './fast-path';

export interface RelayDeps {
  readonly ports: EffectPorts;
  readonly journal: Pick<OutboxJournal, 'confirm' | 'confirmed' | 'read'>;
  /** The effects of events that are in the journal. */
  readonly effectsOf: (stream: string, events: readonly Recorded[]) => Promise<Effect[]>;
  readonly log: Log;
}

/** Events that one call performs at most, so that it ends well before its invocation does. */
const MAX_EVENTS = 2_000;

/**
 * The outbox relay: performs what the fast path did not confirm. It always goes from the mark to the end of the stream
 * and not only to `to`: the fast path cannot move the mark over a gap, so after one crash it would confirm nothing again
 * until the relay has caught up with it.
 * @returns events whose effects were performed; 0 when all up to `to` were confirmed already, or the job is removed.
 * @throws RepriseError UPSTREAM_UNAVAILABLE when an effect failed or more is left: the message comes back.
 */
export async function performUnconfirmed(deps: RelayDeps, stream: string, to: number): Promise<number> {
  try {
    return await relayed(deps, stream, to);
  } catch (error) {
    // Of a job that was removed meanwhile, everything was performed before.
    if (isRepriseError(error, 'JOB_NOT_FOUND')) return 0;
    throw error;
  }
}

async function relayed(deps: RelayDeps, stream: string, to: number): Promise<number> {
  const { journal } = deps;
  const mark = await journal.confirmed(stream);
  if (mark >= to) return 0;
  const events: Recorded[] = [];
  for await (const event of journal.read(stream, mark + 1)) {
    events.push(event);
    if (events.length >= MAX_EVENTS) break;
  }
  const end = events.at(-1)?.seq ?? mark;
  const failed = await performAll(deps.ports, await deps.effectsOf(stream, events), deps.log);
  // What precedes the first failure is done for good: with many effects some always fail, and all of them at once
  // would never get through.
  const done = Math.min(end, ...failed.map(({ effect }) => effect.cause.seq - 1));
  if (done > mark) await journal.confirm(stream, mark + 1, done);
  if (done < to) {
    const message = `the effects of ${stream} are performed up to ${done} of ${to}: ${failed.length} failed`;
    throw new RepriseError('UPSTREAM_UNAVAILABLE', message, { cause: failed[0]?.error });
  }
  return done - mark;
}
