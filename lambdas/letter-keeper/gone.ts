import { isParked, type LetterState } from '../../lib/core/dlq/state';
import { letterAt } from '../../lib/core/messages/address';
import type { ReadOnly } from '../../lib/core/model/read-only';
import type { Clock } from '../../lib/core/model/time';
import type { MessageArchive } from '../../lib/core/ports/dead-letters';
import type { LetterList } from '../../lib/core/ports/registries';
import type { StreamReader, StreamSender } from '../../lib/core/ports/streams';

export interface GoneDeps {
  readonly list: LetterList;
  readonly letters: StreamReader;
  readonly streams: StreamSender;
  readonly archive: Pick<MessageArchive, 'get'>;
  readonly archiveAfterMs: number;
  readonly clock: Clock;
}

/** What SQS says of how much it holds may be a minute old: what was parked just now may be missing in it. */
const SETTLED_MS = 10 * 60_000;

/** A message that will be taken out for its age within this time counts as taken out: looks are minutes apart. */
const MARGIN_MS = 3_600_000;

const PAGE = 100;
/** Whose poisoned messages are. */
const NOBODY = '';

/**
 * Closes the letters of messages that were taken out of their DLQ by other means, as by a redrive of the console: of queues
 * whose DLQs hold nothing at all. Those that the keeper took out for their age wait on.
 * @param empty names of the queues.
 * @returns how many were closed.
 */
export async function closeGone(deps: GoneDeps, empty: ReadonlySet<string>): Promise<number> {
  if (empty.size === 0) return 0;
  let closed = 0;
  let cursor: string | undefined;
  do {
    const page = await deps.list.list({ owner: NOBODY, kind: 'message', limit: PAGE, cursor });
    for (const { group, open } of page.groups) if (open > 0) closed += await closeGroup(deps, empty, group);
    cursor = page.cursor;
  } while (cursor !== undefined);
  return closed;
}

async function closeGroup(deps: GoneDeps, empty: ReadonlySet<string>, group: string): Promise<number> {
  const { state } = await deps.letters.view(letterAt(group));
  let closed = 0;
  for (const [letterId, letter] of state.letters) {
    if (!empty.has(letter.queue ?? '') || !(await isGone(deps, letter))) continue;
    const seq = letter.seq + 1;
    const message = { type: 'closed', letterId, seq, outcome: 'succeeded', why: WHY } as const;
    const origin = {
      id: `keeper/gone/${letterId}/${seq}`,
      actor: { kind: 'engine', id: 'letter-keeper' },
    } as const;
    await deps.streams.send({ to: letterAt(group), message }, origin);
    closed += 1;
  }
  return closed;
}

const WHY = 'it was taken out of its DLQ by other means, such as a redrive of the console';

async function isGone(deps: GoneDeps, letter: ReadOnly<LetterState>): Promise<boolean> {
  const { archive, archiveAfterMs, clock } = deps;
  const now = clock();
  const isSettled = isParked(letter) && now - letter.parkedAt >= SETTLED_MS;
  // One that was redriven from here has left its DLQ before, and lies nowhere but in the archive.
  if (!isSettled || letter.round > 1 || !letter.archived) return false;
  const message = await archive.get(letter.archived.place);
  return message !== undefined && now - message.sentAt < archiveAfterMs - MARGIN_MS;
}
