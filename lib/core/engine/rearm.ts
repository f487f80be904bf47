import type { LetterEvent } from '../dlq/events';
import { RepriseError } from '../errors';
import type { Recorded } from '../journal/envelope';
import { addressOf, dependencyAt, letterAt, targetAt, triggerAt } from '../messages/address';
import type { Effect } from '../messages/effect';
import { collected } from '../model/collected';
import { rearmingTarget } from '../notify/effects';
import type { EffectPorts } from '../ports/effects';
import type { Log } from '../ports/log';
import type { OutboxJournal } from '../ports/stores';
import type { StreamReader } from '../ports/streams';
import { rearmingDependency } from '../recovery/dependencies';
import { rearmingLetters } from '../recovery/letters';
import { rearming } from '../recovery/triggers';
import type { TriggerEvent } from '../trigger/events';
import { performAll } from './fast-path';

export interface RearmDeps {
  readonly streams: StreamReader<'trigger' | 'letter' | 'target' | 'dependency'>;
  readonly journal: Pick<OutboxJournal, 'read'>;
  readonly ports: EffectPorts;
  readonly log: Log;
}

/** Kinds of streams that are armed by what lies outside of the journal and that nobody else sets again. */
const ARMED = ['trigger', 'letter', 'target', 'dependency'] as const;

export const isArmed = (stream: string): boolean =>
  (ARMED as readonly string[]).includes(addressOf(stream).kind);

/**
 * Sets the clock, the rule and the timers of a stream again, as its journal says, where those that were set are gone with the
 * environment that had them. What jobs and pools wait for, the reconciler finds.
 * @returns effects that were performed; all of them may be performed twice.
 * @throws RepriseError UPSTREAM_UNAVAILABLE where one failed
 */
export async function rearm(deps: RearmDeps, stream: string): Promise<number> {
  const effects = await rearmingEffects(deps, stream);
  const [failed] = await performAll(deps.ports, effects, deps.log);
  if (!failed) return effects.length;
  const message = `the clocks and timers of ${stream} are not all set`;
  throw new RepriseError('UPSTREAM_UNAVAILABLE', message, { cause: failed.error });
}

async function rearmingEffects({ streams, journal }: RearmDeps, stream: string): Promise<Effect[]> {
  const { kind, id } = addressOf(stream);
  switch (kind) {
    case 'trigger': {
      const { state, head } = await streams.view(triggerAt(id));
      const events = (await collected(journal.read(stream, 1))) as Recorded<TriggerEvent>[];
      return rearming({ id, state, head, events });
    }
    case 'letter': {
      const { state } = await streams.view(letterAt(id));
      return rearmingLetters(
        id,
        state,
        (await collected(journal.read(stream, 1))) as Recorded<LetterEvent>[],
      );
    }
    case 'target': {
      const { state, head } = await streams.view(targetAt(id));
      return rearmingTarget(id, state, head.seq);
    }
    case 'dependency': {
      const { state, head } = await streams.view(dependencyAt(id));
      return rearmingDependency(id, state, head.seq);
    }
    default:
      return [];
  }
}
