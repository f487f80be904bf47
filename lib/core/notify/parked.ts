import { LIMITS } from '../limits';
import type { ParkedDelivery } from './state';

/**
 * What could not be delivered, with one more. Where that is too much, the oldest become one digest, so that each of them is
 * told of, or counted, once somebody redrives them. What they said in full stays in the journal of the target.
 */
export function parkedWith(parked: readonly ParkedDelivery[], delivery: ParkedDelivery): ParkedDelivery[] {
  const all = [...parked, delivery];
  const [first, second, ...rest] = all;
  if (!first || !second || all.length <= LIMITS.parkedDeliveries) return all;
  return [gathered(first, second), ...rest];
}

const DIGEST = 'digest/';

function gathered(first: ParkedDelivery, second: ParkedDelivery): ParkedDelivery {
  // A digest has no room for details.
  const all = [...first.notices, ...second.notices].map(({ detail: _, ...brief }) => brief);
  const notices = all.slice(0, LIMITS.digestNotices);
  const more = first.more + second.more + all.length - notices.length;
  const id = first.id.startsWith(DIGEST) ? first.id : `${DIGEST}${first.id}`;
  return { ...second, id, notices, more };
}
