import type { BusEvent } from '../../../core/messages/public-event';
import type { ScheduleSource } from '../../../core/messages/trigger-definition';
import type { Clock, SetTimer } from '../../../core/model/time';
import type { TriggerSources } from '../../../core/ports/effects';
import { nextTimes } from '../../../core/trigger/cron';
import { type CompiledPattern, compilePattern } from '../../../core/trigger/pattern/pattern';
import { realTimer } from '../../system';

/**
 * Milliseconds of sleep at most. `setTimeout` drifts against the clock of the wall, which can also be set, and ends at
 * 2^31: whoever wakes up once an hour is late by an hour's drift, and finds the time that was set.
 */
const LONGEST_SLEEP_MS = 3_600_000;

export interface LocalTriggerSources extends TriggerSources {
  /** The triggers whose pattern asks for the event. */
  readonly matching: (event: BusEvent) => readonly string[];
  /** Stops all clocks. */
  readonly close: () => void;
}

/** The clocks and patterns of triggers in this process. They end with it: the next one arms them from the journals. */
export function createTriggerSources(deps: {
  readonly clock: Clock;
  readonly setTimer?: SetTimer | undefined;
  /** The clock of a trigger struck for this time, milliseconds since the epoch. */
  readonly due: (triggerId: string, at: number) => void;
}): LocalTriggerSources {
  const { clock, setTimer = realTimer, due } = deps;
  const patterns = new Map<string, CompiledPattern>();
  const clocks = new Map<string, () => void>();

  function disarm(triggerId: string): void {
    patterns.delete(triggerId);
    clocks.get(triggerId)?.();
    clocks.delete(triggerId);
  }

  function wind(triggerId: string, source: ScheduleSource, after: number): void {
    const [next] = nextTimes(source, after, 1);
    if (next !== undefined) sleep(triggerId, next, () => wind(triggerId, source, Math.max(next, clock())));
  }

  function sleep(triggerId: string, until: number, then: () => void): void {
    const wake = () => {
      if (clock() < until) return sleep(triggerId, until, then);
      due(triggerId, until);
      then();
    };
    const delay = Math.max(0, until - clock());
    clocks.set(triggerId, setTimer(wake, Math.min(delay, LONGEST_SLEEP_MS)));
  }

  return {
    async arm(triggerId, source) {
      disarm(triggerId);
      if (source?.kind === 'event') patterns.set(triggerId, compilePattern(source.pattern));
      if (source?.kind === 'schedule') wind(triggerId, source, clock());
    },
    matching: (event) =>
      [...patterns].flatMap(([triggerId, pattern]) => (pattern.matches(event) ? [triggerId] : [])),
    close() {
      for (const triggerId of [...clocks.keys()]) disarm(triggerId);
    },
  };
}
