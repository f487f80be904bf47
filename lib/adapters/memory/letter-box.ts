import { type Delivery, letterAt } from '../../core/messages/address';
import type { LetterRound } from '../../core/messages/effect';
import type { Origin } from '../../core/messages/envelope';
import type { LetterBox } from '../../core/ports/effects';

export interface MemoryLetterBox extends LetterBox {
  /** What lies there, by the message that it is. */
  readonly lying: ReadonlyMap<string, LetterRound>;
  /** What the console of SQS does: everything that lies there goes back to where it came from. */
  readonly redriveAll: () => void;
  /** What is done with what SQS would soon forget: it is archived and taken out; by a keeper that dies in between, not taken out. */
  readonly archiveAll: (isTakenOut?: boolean) => void;
}

const ENGINE = { kind: 'engine', id: 'memory' } as const;

/** The queue `redrive` with its DLQ, in memory: every letter that is posted lies there as a message of its own. */
export function createMemoryLetterBox(tell: (delivery: Delivery, origin: Origin) => void): MemoryLetterBox {
  const lying = new Map<string, LetterRound>();
  let posted = 0;
  let archived = 0;
  return {
    lying,
    async post({ group, letterId, round }) {
      const messageId = `message ${++posted}`;
      lying.set(messageId, { group, letterId, round });
      const message = { type: 'laid' as const, letterId, round, messageId };
      tell({ to: letterAt(group), message }, { id: `laid/${messageId}`, actor: ENGINE });
    },
    async release() {},
    redriveAll() {
      for (const [messageId, { group, letterId, round }] of lying) {
        const message = { type: 'returned' as const, letterId, round, messageId };
        tell({ to: letterAt(group), message }, { id: `returned/${messageId}`, actor: ENGINE });
      }
      lying.clear();
    },
    archiveAll(isTakenOut = true) {
      for (const [messageId, { group, letterId, round }] of lying) {
        const message = { type: 'archived' as const, letterId, round, place: messageId };
        tell({ to: letterAt(group), message }, { id: `archived/${++archived}`, actor: ENGINE });
      }
      if (isTakenOut) lying.clear();
    },
  };
}
