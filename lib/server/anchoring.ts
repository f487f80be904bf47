import { anchorDirectory } from '../adapters/embedded/disk/anchors';
import type { Layout } from '../adapters/embedded/disk/layout';
import { realTimer } from '../adapters/system';
import { isRepriseError } from '../core/errors';
import type { Clock, SetTimer } from '../core/model/time';

const EVERY_MS = 3_600_000;

export interface AnchoringOptions {
  readonly layout: Layout;
  readonly clock: Clock;
  readonly setTimer?: SetTimer | undefined;
  readonly warn: (message: string) => void;
}

/** Anchors the journals of a served directory each hour. @returns what ends that, once what is under way is over. */
export function anchorAgainAndAgain({ layout, clock, setTimer = realTimer, warn }: AnchoringOptions) {
  let underWay: Promise<unknown> = Promise.resolve();
  let disarm = setTimer(turn, EVERY_MS);

  function turn(): void {
    disarm = setTimer(turn, EVERY_MS);
    underWay = anchorDirectory(layout, clock()).catch((error: unknown) => {
      // Somebody else is at it.
      if (!isRepriseError(error, 'JOB_LOCKED'))
        warn(`journals were not anchored: ${(error as Error).message}`);
    });
  }

  return async (): Promise<void> => {
    disarm();
    await underWay;
  };
}
