import { dueAgain, letterEffects } from '../dlq/effects';
import type { LetterEvent } from '../dlq/events';
import type { GroupState } from '../dlq/state';
import type { Recorded } from '../journal/envelope';
import { letterAt, streamOf } from '../messages/address';
import type { Effect } from '../messages/effect';
import type { ReadOnly } from '../model/read-only';

/**
 * What a group of letters may have left undone whose process is gone: letters that are on their way are handed to their jobs
 * once more, which know the order again; what was resolved last, its jobs hear again; an order that was put off goes on.
 */
export function rearmingLetters(
  group: string,
  state: ReadOnly<GroupState>,
  events: readonly Recorded<LetterEvent>[],
): Effect[] {
  const latest = new Map<string, Recorded<LetterEvent>>();
  for (const event of events) {
    if (event.type !== 'letter.redriven') continue;
    for (const id of event.data.letters) latest.set(id, event);
  }
  const onTheirWay = [...latest].filter(([id]) => state.letters.get(id)?.status === 'redriving');
  const last = events.at(-1);
  const undone = new Set(onTheirWay.map(([, event]) => event));
  for (const event of events)
    if (event.type === 'letter.resolved' && event.at === last?.at) undone.add(event);
  const told = [...undone]
    .flatMap((event) => letterEffects(state, event))
    .filter(({ kind }) => kind === 'send');
  const { order } = state;
  if (order?.until === undefined || !last) return told;
  const { orderId, until } = order;
  return [...told, dueAgain(group, { orderId, until }, { stream: streamOf(letterAt(group)), seq: last.seq })];
}
