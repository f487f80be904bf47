import type { LetterGroupSummary, LetterGroupView, LetterView } from '../../contract/letters';
import type { GroupState, LetterState } from '../../core/dlq/state';
import { LIMITS } from '../../core/limits';
import { present } from '../../core/model/present';
import type { ReadOnly } from '../../core/model/read-only';
import type { ListedLetters } from '../../core/ports/registries';
import { letterListing } from '../../core/projections/listing';
import { invalidInput } from '../route';
import { timeIfAny, timeOf } from './time';

/** A group of letters in a list. */
export function letterSummaryBody(listed: ListedLetters): LetterGroupSummary {
  const { group, letterKind, class: failureClass, signature, owner, status, open, letters, said } = listed;
  return {
    ...{ group, kind: letterKind, signature, owner, status, open, letters, said },
    last_parked_at: timeOf(listed.lastParkedAt),
    ...present({ class: failureClass, assignee: listed.assignee, oldest_at: timeIfAny(listed.oldestAt) }),
  };
}

/**
 * A group of letters with its letters, latest first.
 * @param from id of the letter with which the page of them begins.
 * @throws RepriseError INPUT_INVALID where the group has no such letter.
 */
export function letterGroupBody(group: string, state: ReadOnly<GroupState>, from?: string): LetterGroupView {
  const listing = letterListing.listingOf(state);
  if (listing?.kind !== 'letter') throw new Error(`no letter was ever parked in ${group}`);
  const { letters: _count, ...summary } = letterSummaryBody({ group, ...listing });
  const { confidence, notes, order, lastOrder } = state;
  return {
    ...summary,
    said: state.said,
    ...lettersPage(state, from),
    notes: notes.map(({ at, letterId, ...note }) => ({
      ...note,
      at: timeOf(at),
      ...present({ letter_id: letterId }),
    })),
    ...present({
      confidence,
      order: order && orderBody(order),
      last_order: lastOrder && endedBody(lastOrder),
    }),
  };
}

function lettersPage(
  { letters, evidence }: ReadOnly<GroupState>,
  from: string | undefined,
): Pick<LetterGroupView, 'letters' | 'next_letters'> {
  const all = [...letters].reverse();
  const first = from === undefined ? 0 : all.findIndex(([id]) => id === from);
  if (first < 0) throw invalidInput('letters_from', 'the group has no such letter');
  const shown = all.slice(first, first + LIMITS.lettersPage);
  const next_letters = all[first + LIMITS.lettersPage]?.[0];
  return {
    letters: shown.map(([id, letter]) => letterBody(id, letter, evidence.get(id))),
    ...present({ next_letters }),
  };
}

function letterBody(
  letter_id: string,
  letter: ReadOnly<LetterState>,
  evidence: ReturnType<ReadOnly<GroupState>['evidence']['get']>,
): LetterView {
  const { kind, status, why, redriven, jobId, graph, nodeId, attempt, workerId, queue } = letter;
  const { resolved, assignee } = letter;
  return {
    ...{ letter_id, kind, status, why, redriven },
    first_parked_at: timeOf(letter.firstParkedAt),
    parked_at: timeOf(letter.parkedAt),
    ...present({
      ...{ job_id: jobId, graph, node_id: nodeId, attempt, worker_id: workerId, queue, assignee },
      resolved: resolved && { ...resolved, at: timeOf(resolved.at) },
      said: evidence?.said,
      tests: evidence?.tests && [...evidence.tests],
      more_tests: evidence?.testsUnlisted,
    }),
  };
}

function orderBody({
  orderId,
  perMinute,
  startedAt,
  waiting,
  canary,
  until,
  ...order
}: NonNullable<ReadOnly<GroupState>['order']>): NonNullable<LetterGroupView['order']> {
  const { by, reason, mode, sent } = order;
  return {
    ...{ order_id: orderId, by, reason, mode, per_minute: perMinute, sent, waiting: waiting.length },
    started_at: timeOf(startedAt),
    ...present({ canary, until: timeIfAny(until) }),
  };
}

function endedBody({
  orderId,
  startedAt,
  endedAt,
  ...order
}: NonNullable<ReadOnly<GroupState>['lastOrder']>): NonNullable<LetterGroupView['last_order']> {
  return { order_id: orderId, ...order, started_at: timeOf(startedAt), ended_at: timeOf(endedAt) };
}
