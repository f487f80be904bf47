import { anchorDirectory } from '../adapters/embedded/disk/anchors';
import type { Layout } from '../adapters/embedded/disk/layout';
import { isRepriseError } from '../core/errors';
import type { Clock, SetTimer } from '../core/model/time';
import { turns } from './turns';

const EVERY_MS = 3_600_000;

export interface AnchoringOptions {
  readonly layout: Layout;
  readonly clock: Clock;
  readonly setTimer?: SetTimer | undefined;
  readonly warn: (message: string) => void;
}

/** Anchors the journals of a served directory each hour. @returns what ends that, once what is under way is over. */
export function anchorAgainAndAgain({ layout, clock, setTimer, warn }: AnchoringOptions) {
  return turns(
    async () => {
      try {
        await anchorDirectory(layout, clock());
      } catch (error) {
        // Somebody else is at it.
        if (!isRepriseError(error, 'JOB_LOCKED')) throw error;
      }
    },
    { everyMs: EVERY_MS, setTimer, called: 'anchoring journals', warn },
  );
}
