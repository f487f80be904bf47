import { digest } from '../history/digest';
import type { HistoryUpdate } from '../history/samples';
import type { PublicEvent } from '../messages/public-event';
import type { Flaking, FlakingChange } from './flaking';

/** What the owner of a job hears of what it changed. Ids are the same each time it is said. */
export function flakingEvents(
  { jobId, owner }: Pick<HistoryUpdate, 'jobId' | 'owner'>,
  { rising, settled }: FlakingChange,
  at: number,
): PublicEvent[] {
  const said =
    (name: 'rising' | 'settled') =>
    (flaking: Flaking): PublicEvent => ({
      id: `flake/${digest({ owner, of: flaking.of, id: flaking.id })}/${jobId}/${name}`,
      type: `orchestration.flake.${name}`,
      ...{ at, owner, detail: { ...flaking, jobId } },
    });
  return [...rising.map(said('rising')), ...settled.map(said('settled'))];
}
