import type { VirtualTime } from '../../adapters/memory/virtual-time';
import type { FaultPlan } from '../faults';
import type { Watch } from './watch';

/** What every part of a world stands on. */
export interface Ground {
  readonly time: Pick<VirtualTime, 'now' | 'setTimer'>;
  readonly faults: FaultPlan;
  readonly watch: Watch;
  /** Time stands still, and nothing takes any. */
  readonly isHalted: () => boolean;
  /** Writes a line of the trace, where there is one. */
  readonly say: (who: string, what: () => string) => void;
}

export function sleep({ time }: Pick<Ground, 'time'>, ms: number): Promise<void> {
  return new Promise((resolve) => void time.setTimer(resolve, ms));
}

/** What is never answered: whoever asked is dead. */
export const never = <T>(): Promise<T> => new Promise<T>(() => undefined);

/** Does something every so many milliseconds, from the first time that is a multiple of them. */
export function every({ time }: Pick<Ground, 'time'>, ms: number, action: (nth: number) => void): void {
  const again = (nth: number) =>
    void time.setTimer(() => {
      action(nth);
      again(nth + 1);
    }, ms);
  again(0);
}
