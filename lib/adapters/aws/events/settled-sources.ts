import { isDeepStrictEqual } from 'node:util';
import type { TriggerSource } from '../../../core/messages/trigger-definition';
import type { TriggerSources } from '../../../core/ports/effects';

/**
 * Makes clocks and rules end as the journal says, whoever arms them last: two processes that change a trigger at the same
 * time perform their effects in any order. Each looks at the journal once more after it has armed, so the last one to
 * arm sees what the last change was.
 */
export function settledSources(
  sources: TriggerSources,
  wanted: (triggerId: string) => Promise<TriggerSource | undefined>,
): TriggerSources {
  return {
    async arm(triggerId, source) {
      let armed = source;
      for (;;) {
        await sources.arm(triggerId, armed);
        const latest = await wanted(triggerId);
        if (isDeepStrictEqual(latest, armed)) return;
        armed = latest;
      }
    },
  };
}
