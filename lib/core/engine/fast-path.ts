import { isTerminal } from '../errors';
import type { Effect } from '../messages/effect';
import type { EffectPorts } from '../ports/effects';
import type { Log } from '../ports/log';
import type { OutboxJournal } from '../ports/stores';
import { settleAll } from './parallel';
import { performEffect } from './perform';
import type { EngineDeps } from './stream-engine';

/** Effects under way at a time: enough to fill batches of ten, few enough to stay within the services' rates. */
const PARALLEL = 50;

export interface PerformDeps {
  readonly ports: EffectPorts;
  readonly journal: Pick<OutboxJournal, 'confirm'>;
  readonly log: Log;
}

/**
 * The fast path: effects run in the invocation that appended their events. It never fails: the events are durable,
 * so what does not get done here stays unconfirmed, and the outbox relay does it.
 */
export function createFastPath({ ports, journal, log }: PerformDeps): EngineDeps['perform'] {
  return async (effects, { stream, from, seq }) => {
    const failed = await performAll(ports, effects, log);
    if (failed.length > 0) return;
    try {
      await journal.confirm(stream, from, seq);
    } catch (error) {
      log.warn('effects are performed but not confirmed: the outbox relay repeats them', {
        stream,
        seq,
        error: error as Error,
      });
    }
  };
}

/** The fast path switched off: the outbox relay performs every effect. */
export const noFastPath: EngineDeps['perform'] = async () => {};

export interface FailedEffect {
  readonly effect: Effect;
  readonly error: unknown;
}

/**
 * Performs effects and logs those that fail.
 * @returns those that may succeed another time. A terminal error is logged and left: to wait for it would hold the
 *   stream's mark for ever.
 */
export async function performAll(
  ports: EffectPorts,
  effects: readonly Effect[],
  log: Log,
): Promise<FailedEffect[]> {
  const errors = await settleAll(effects, PARALLEL, (effect) => performEffect(ports, effect));
  return effects.flatMap((effect, i) => {
    const error = errors[i];
    if (error === undefined) return [];
    const isFinal = isTerminal(error);
    const message = isFinal ? 'an effect can never be performed' : 'an effect failed';
    log.error(message, { effectId: effect.id, kind: effect.kind, error: error as Error });
    return isFinal ? [] : [{ effect, error }];
  });
}
